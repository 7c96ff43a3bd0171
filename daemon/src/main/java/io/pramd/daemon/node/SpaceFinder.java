package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.Extent;
import io.pramd.daemon.memory.FrameAllocator;
import io.pramd.daemon.memory.FrameAllocator.Purpose;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Thread-safe; blocks, for workers only. Finds frames for savers: when none are free but some are
 * held by the last forced root, it has a newer one forced first; while the file grows it waits.
 */
final class SpaceFinder {
    private static final long RELEASE_WAIT_MILLIS = 100;

    private final FrameAllocator allocator;
    private final Reclaimer reclaimer;
    private final RootForcer forcer;
    private final Growth growth;
    private final AtomicInteger searches = new AtomicInteger();

    SpaceFinder(FrameAllocator allocator, Reclaimer reclaimer, RootForcer forcer, Growth growth) {
        this.allocator = allocator;
        this.reclaimer = reclaimer;
        this.forcer = forcer;
        this.growth = growth;
    }

    /** Frames are looked for, and belong to nobody until {@link #searchEnds}. */
    void searchBegins() {
        searches.incrementAndGet();
    }

    void searchEnds() {
        searches.decrementAndGet();
    }

    /** Whether some frames may belong to nobody: their saver may have gone meanwhile. */
    boolean isSearching() {
        return searches.get() > 0;
    }

    /**
     * An extent of at most so many frames.
     *
     * @throws StoreException ENOMEM when there is none and none comes by forcing, EDQUOT when those
     *     that there are only administrators may take, EIO when the force fails
     */
    Extent requireExtent(int frames, Purpose purpose) {
        return require(() -> allocator.allocate(frames, purpose), 1, purpose);
    }

    /**
     * Exactly so many single frames.
     *
     * @throws StoreException ENOMEM when there are not so many and no more come by forcing, EDQUOT
     *     when those that there are only administrators may take, EIO when the force fails
     */
    long[] requireSingles(int frames, Purpose purpose) {
        return require(() -> allocator.allocateSingles(frames, purpose), frames, purpose);
    }

    private <T> T require(Supplier<Optional<T>> allocation, long frames, Purpose purpose) {
        boolean hasMore = true;
        while (hasMore) {
            Optional<T> found = allocation.get();
            if (found.isPresent()) {
                return found.get();
            }
            hasMore = awaitMore();
        }
        return allocation.get().orElseThrow(() -> refusal("for saves", frames, purpose));
    }

    /** What a saver is told who found too few frames. */
    StoreException refusal(String what, long frames, Purpose purpose) {
        boolean isReserved =
                purpose == Purpose.SAVE
                        && allocator.available(Purpose.ADMINISTRATORS_SAVE) >= frames;
        if (isReserved) {
            return reserved(frames);
        }
        return StoreException.of(
                Errno.ENOMEM,
                "no frame left "
                        + what
                        + ": free="
                        + allocator.freeFrames()
                        + " held="
                        + reclaimer.heldFrames()
                        + (reclaimer.isHeldByWatch() ? ", some until a backup ends" : ""));
    }

    /** What is left is for administrators; figures in bytes. */
    private StoreException reserved(long frames) {
        long left = allocator.available(Purpose.SAVE);
        long used = FileLayout.usableFrames(allocator.frameCount()) - allocator.freeFrames();
        return StoreException.of(
                Errno.EDQUOT,
                "over the quota: whose=reserve what=bytes limit="
                        + Math.max(0, used + left) * FileLayout.FRAME_BYTES
                        + " used="
                        + used * FileLayout.FRAME_BYTES
                        + " asked="
                        + frames * FileLayout.FRAME_BYTES);
    }

    /**
     * Refuses a declared length that only administrators may save, if all that is held were free.
     *
     * @throws StoreException EDQUOT
     */
    void requireUnreserved(long frames, Purpose purpose) {
        long held = reclaimer.heldFrames();
        if (purpose == Purpose.SAVE
                && !growth.isUnderWay()
                && frames > allocator.available(Purpose.SAVE) + held
                && frames <= allocator.available(Purpose.ADMINISTRATORS_SAVE) + held) {
            throw reserved(frames);
        }
    }

    /**
     * Waits for frames that are being released, has a root forced that frees held ones, or waits
     * for the file to grow; false when none of these gives any.
     *
     * @throws StoreException EIO, outcome unknown, when the force fails: the store has failed then
     */
    boolean awaitMore() {
        try {
            if (reclaimer.awaitReleases(RELEASE_WAIT_MILLIS)) {
                return true;
            }
            if (reclaimer.wouldFreeByForce()) {
                forcer.request().join();
                return true;
            }
            return growth.awaitUnderWay();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException failure) {
                throw failure; // not "no frame left", which would invite the saver to free some
            }
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
