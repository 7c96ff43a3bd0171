package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FrameAllocator;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.memory.SuperBlockCopies;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Makes the memory file larger while it is served, one growth at a time, on a worker:
 * streams, commits and forces go on beside it.
 */
final class Growth {
    private static final Logger LOG = LoggerFactory.getLogger(Growth.class);

    private final StoreContext context;
    private final FrameAllocator allocator;
    private final RunRecord run;
    private final LongSupplier rootSequence;
    private final Consumer<StoreException> failed;
    private final AtomicReference<CompletableFuture<Long>> underWay = new AtomicReference<>();

    /**
     * Of a store whose references are counted.
     *
     * @param rootSequence of the newest root
     * @param failed hears of what leaves the store unable to change anything more
     */
    Growth(
            StoreContext context,
            FrameAllocator allocator,
            RunRecord run,
            LongSupplier rootSequence,
            Consumer<StoreException> failed) {
        this.context = context;
        this.allocator = allocator;
        this.run = run;
        this.rootSequence = rootSequence;
        this.failed = failed;
    }

    /**
     * Grows the file to a size, rounded down to whole pages; nothing where it has that size.
     *
     * @return the size then; EINVAL for a smaller one, or one beyond the address space reserved,
     *     EBUSY while another growth is under way; ENOMEM or EDQUOT when there is no room, and the
     *     file is as it was
     */
    CompletableFuture<Long> grow(long bytes) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        if (!underWay.compareAndSet(null, answer)) {
            return CompletableFuture.failedFuture(
                    StoreException.of(Errno.EBUSY, "the memory file is growing already"));
        }
        context.threads().workers().execute(() -> grow(bytes / FileLayout.FRAME_BYTES, answer));
        return answer;
    }

    private void grow(long frameCount, CompletableFuture<Long> answer) {
        try {
            growTo(frameCount);
            underWay.set(null);
            answer.complete(FileLayout.fileOffset(frameCount));
        } catch (StoreException e) {
            underWay.set(null);
            answer.completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            StoreException unknown =
                    StoreException.outcomeUnknown("growing failed inside the daemon: " + e);
            LOG.error("growing failed inside the daemon", e);
            failed.accept(unknown);
            underWay.set(null);
            answer.completeExceptionally(unknown);
        }
    }

    private void growTo(long frameCount) {
        MappedMemory memory = context.memory();
        long before = memory.frameCount();
        require(before, frameCount);
        if (frameCount == before) {
            return;
        }
        SuperBlockCopies copies = SuperBlockCopies.read(memory::read);
        if (copies.newest().isEmpty()) {
            throw StoreException.of(
                    Errno.EIO, "no copy of the super block verifies: " + copies.damage());
        }
        boolean[] isExtended = {false};
        try {
            // 1., 2. the file has its blocks and its new size for good; nothing says so yet
            memory.extend(
                    frameCount,
                    force -> run.during(rootSequence.getAsLong(), force),
                    () -> {
                        isExtended[0] = true;
                        context.crashPoints().reached(CrashPoint.FILE_EXTENDED);
                    });
            context.crashPoints().reached(CrashPoint.EXTENSION_FORCED);
            // 3., 4. from here on a start finds the new size
            copies.grow(frameCount, this::storeSuperBlock);
        } catch (StoreException e) {
            if (isExtended[0]) {
                failed.accept(e); // which size the next start finds is not known
            }
            throw e;
        }
        memory.grown(frameCount); // 5. only now may the new frames be used
        allocator.grow(frameCount);
        LOG.info(
                "the memory file has grown: from={} to={} bytes",
                FileLayout.fileOffset(before),
                FileLayout.fileOffset(frameCount));
    }

    private void require(long before, long frameCount) {
        long max = context.memory().frameCountMax();
        if (frameCount >= before && frameCount <= max) {
            return;
        }
        throw StoreException.of(
                Errno.EINVAL,
                (frameCount < before
                                ? "a memory file cannot shrink: size="
                                : "beyond the address space reserved at the start, stop the daemon"
                                        + " and grow the file then: size=")
                        + FileLayout.fileOffset(frameCount)
                        + " now="
                        + FileLayout.fileOffset(before)
                        + " max="
                        + FileLayout.fileOffset(max));
    }

    private void storeSuperBlock(long pfn, ByteBuffer page) {
        context.memory().store(pfn, page);
        context.crashPoints().reached(CrashPoint.SUPER_BLOCK_STORED);
        run.during(rootSequence.getAsLong(), () -> context.memory().forcer().forceFrames(pfn, 1));
        context.crashPoints().reached(CrashPoint.SUPER_BLOCK_FORCED);
    }

    boolean isUnderWay() {
        return underWay.get() != null;
    }

    /**
     * Waits for the growth under way, if there is one; answers whether it gave frames. Blocks; for
     * workers of other kinds only.
     */
    boolean awaitUnderWay() {
        return Optional.ofNullable(underWay.get())
                .map(growth -> growth.handle((bytes, failure) -> failure == null).join())
                .orElse(false);
    }
}
