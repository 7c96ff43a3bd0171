package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.SequenceRecordLayout;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.memory.SuperBlockCopies;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.recovery.RootChoice.Circumstances;
import io.pramd.daemon.recovery.ShrinkSurvey.Fit;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;

/**
 * One owner. Makes a memory file smaller that was stopped cleanly: what lies behind the new end
 * goes into free frames before it, a new tree is put in force, and only then the file ends earlier.
 * A kill or a power cut at any time leaves the old size or the new one, and all nodes.
 */
public final class OfflineShrinking {
    private final RestingFile file;
    private final Path path;
    private final BootId bootId;
    private final CrashPoint.Listener crashPoints;
    private final Identity identity;
    private final FixedFrames fixed;

    private OfflineShrinking(
            RestingFile file, Path path, BootId bootId, CrashPoint.Listener crashPoints) {
        this.file = file;
        this.path = path;
        this.bootId = bootId;
        this.crashPoints = crashPoints;
        this.identity = Identity.read(file);
        this.fixed = new FixedFrames(file, identity.uuid());
    }

    /**
     * Shrinks a file to a size, rounded down to whole pages.
     *
     * @return the bytes that it had before, as its super block says
     * @throws StoreException EBUSY naming the pid of whoever has the file, EINVAL for a larger size
     *     or for what is no memory file of this version, EAGAIN for one that was not stopped
     *     cleanly, ENOMEM saying the smallest size when all nodes do not fit, EIO for damaged nodes
     *     or when the device fails
     */
    public static long shrink(Path path, long bytes, BootId bootId) {
        return shrink(path, bytes, bootId, CrashPoint.Listener.NONE, file -> file);
    }

    /** The same; a test hears of each step, and stores. */
    static long shrink(
            Path path,
            long bytes,
            BootId bootId,
            CrashPoint.Listener crashPoints,
            UnaryOperator<RestingFile> wrapper) {
        try (FileLock lock = FileLock.acquire(path);
                FileChannel channel =
                        FileChannel.open(
                                lock.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            RestingFile file = wrapper.apply(RestingFile.of(lock, channel));
            return new OfflineShrinking(file, lock.path(), bootId, crashPoints)
                    .shrinkTo(bytes / FileLayout.FRAME_BYTES);
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot shrink the memory file: file=" + path + " " + e);
        }
    }

    private long shrinkTo(long frameCount) {
        long before = identity.frameCount();
        require(before, frameCount);
        if (frameCount < before) {
            RootChoice choice = choose();
            requireAtRest(choice);
            shrink(choice, frameCount);
        } else {
            finishEarlierRun(frameCount);
        }
        return FileLayout.fileOffset(before);
    }

    private RootChoice choose() {
        return RootChoice.choose(
                fixed,
                new TreeReader(file, identity.uuid(), identity.frameCount()),
                new Circumstances(bootId, new ForceMarker(path).exists()));
    }

    /** What a growth, or this, did not come to. */
    private void finishEarlierRun(long frameCount) {
        clearIfAtRest(frameCount);
        if (file.frameCount() > frameCount) {
            file.force(); // no super block on the device says more than the file has
            end(frameCount);
        }
    }

    /** Of a file that is not, and of one with a damaged node, any frame may be of use yet. */
    private void clearIfAtRest(long frameCount) {
        ShrinkSurvey survey;
        try {
            RootChoice choice = choose();
            if (!isAtRest(choice)) {
                return;
            }
            survey = new ShrinkSurvey(file, identity.uuid(), frameCount, choice.tree());
            survey.run();
        } catch (StoreException e) {
            return;
        }
        clear(List.of(), pfn -> !survey.isReached(pfn), frameCount);
    }

    private void require(long before, long frameCount) {
        if (frameCount < FileLayout.FRAMES_MIN) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "size of a memory file is out of range: size="
                            + FileLayout.fileOffset(frameCount)
                            + " min="
                            + FileLayout.fileOffset(FileLayout.FRAMES_MIN));
        }
        if (frameCount > before) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "the memory file is smaller already, pramd grow makes it larger: size="
                            + FileLayout.fileOffset(frameCount)
                            + " now="
                            + FileLayout.fileOffset(before));
        }
    }

    /**
     * What a kill or a cut leaves is for a start to mend: it knows how. A forced slot may have been
     * stored and never have come to the device. Only when it has, a current slot is stored with the
     * same tree.
     */
    private boolean isAtRest(RootChoice choice) {
        return choice.isForcedTree()
                && choice.isNewestCurrentTree()
                && !choice.wentBack()
                && fixed.interruptedForce() == 0
                && !fixed.hasLostForcedSlot()
                && !fixed.hasLostSequenceRecord()
                && identity.damage().isEmpty()
                && !new ForceMarker(path).exists();
    }

    private void requireAtRest(RootChoice choice) {
        if (!isAtRest(choice)) {
            throw StoreException.of(
                    Errno.EAGAIN,
                    "the memory file was not stopped cleanly: have pramd serve start on it and stop"
                            + " it first: file="
                            + path);
        }
    }

    private void shrink(RootChoice choice, long end) {
        ShrinkSurvey survey =
                new ShrinkSurvey(file, identity.uuid(), identity.frameCount(), choice.tree());
        survey.run();
        Fit fit = survey.fit(end);
        if (!fit.fits()) {
            throw StoreException.of(
                    Errno.ENOMEM,
                    "the nodes do not fit: size="
                            + FileLayout.fileOffset(end)
                            + " neededFrames="
                            + fit.needed()
                            + " availableFrames="
                            + fit.available()
                            + " smallest="
                            + FileLayout.fileOffset(survey.smallest()));
        }
        long sequence = Opening.firstSequence(fixed, choice.largestSequence());
        ShrinkMove move = new ShrinkMove(file, identity.uuid(), identity.frameCount(), end, survey);
        Root root = move.run(choice.tree(), sequence); // 1. into free frames
        force(CrashPoint.PAGES_MOVED);
        reserve(sequence + 2); // 2. before the first of them is stored
        putInForce(choice, root); // 3. no slot leads behind the new end any more
        clear(move.remains(), move::isLeftFree, end); // 4. a search must not find them
        record(end); // 5. one copy behind the other
        end(end); // 6.
    }

    private void end(long frameCount) {
        file.truncate(frameCount);
        crashPoints.reached(CrashPoint.FILE_TRUNCATED);
        file.force();
    }

    private void force(CrashPoint point) {
        file.force();
        crashPoints.reached(point);
    }

    private void reserve(long limit) {
        ByteBuffer page = MetadataPage.allocate();
        SequenceRecordLayout.write(page, limit);
        int newest = fixed.sequenceLimit().orElseThrow().index();
        storeBoth(FileLayout.SEQUENCE_RECORD_PFNS.get(1 - newest), page);
        force(CrashPoint.SEQUENCES_RESERVED);
    }

    private void putInForce(RootChoice choice, Root root) {
        List<Long> forced = FileLayout.FORCED_SLOT_PFNS;
        List<Long> current = FileLayout.CURRENT_SLOT_PFNS;
        int newestForced = RootChoice.newestIndex(choice.forced());
        int newestCurrent = RootChoice.newestIndex(choice.current());
        storeSlot(forced.get(1 - newestForced), RootSlotLayout.KIND_FORCED, root);
        crashPoints.reached(CrashPoint.FORCED_SLOT_STORED);
        force(CrashPoint.ROOT_FORCED); // from here on it is the root, also behind a power cut
        Root again = root.withSequence(root.sequence() + 1);
        storeSlot(current.get(1 - newestCurrent), RootSlotLayout.KIND_CURRENT, root);
        storeSlot(current.get(newestCurrent), RootSlotLayout.KIND_CURRENT, again);
        crashPoints.reached(CrashPoint.CURRENT_SLOT_STORED);
        storeSlot(forced.get(newestForced), RootSlotLayout.KIND_FORCED, again);
        force(CrashPoint.ROOT_MOVED);
    }

    private void storeSlot(long pfn, int kind, Root root) {
        ByteBuffer page = MetadataPage.allocate();
        RootSlotLayout.write(page, kind, root.slot(Durability.PROCESS, bootId));
        storeBoth(pfn, page);
    }

    private void storeBoth(long pfn, ByteBuffer page) {
        MetadataPage.csum(page, new PageChecksum().ofFixed(identity.uuid(), pfn, page));
        file.store(pfn, page);
        file.store(pfn + FileLayout.SECOND_COPY_DISTANCE, page);
    }

    /**
     * Nothing reaches them. An earlier run that ended before this step has left some, too: they are
     * links and node pages in free frames.
     */
    private void clear(List<Long> remains, LongPredicate isFree, long end) {
        ByteBuffer zeros = MetadataPage.allocate();
        remains.forEach(pfn -> file.store(pfn, zeros));
        new RemainsScan(file, end).run(isFree, pfn -> file.store(pfn, zeros));
        force(CrashPoint.REMAINS_CLEARED);
    }

    private void record(long end) {
        SuperBlockCopies.read(file)
                .grow(
                        end,
                        (pfn, page) -> {
                            file.store(pfn, page);
                            crashPoints.reached(CrashPoint.SUPER_BLOCK_STORED);
                            force(CrashPoint.SUPER_BLOCK_FORCED);
                        });
    }
}
