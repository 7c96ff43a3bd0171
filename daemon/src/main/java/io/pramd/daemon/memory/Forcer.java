package io.pramd.daemon.memory;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.ReachedFrames.Run;
import java.util.ArrayList;
import java.util.List;

/**
 * Thread-safe. Makes stored bytes durable, and of what roots reach only: an open stream's pages are
 * nobody's concern before its commit. What an earlier process left behind is unknown, so the first
 * force of what is reached covers the whole file.
 *
 * <p>A force that fails is never retried as if nothing had happened: write-back reports an error
 * once, after which the pages look clean and are not on the device. So a failure is sticky.
 */
public final class Forcer {
    /**
     * Frames of others that are forced as well rather than to have the device flush once more for
     * what lies behind them: as many as lie between both copies of a fixed frame.
     */
    private static final long FOREIGN_FRAMES_MAX = FileLayout.SECOND_COPY_DISTANCE;

    private final WriteBack writeBack;
    private volatile long frameCount;
    private final MemoryObserver observer;
    private final ReachedFrames reached = new ReachedFrames();
    private volatile boolean everythingForced;
    private volatile boolean failed;
    private volatile long flushes; // changed under the monitor

    Forcer(WriteBack writeBack, long frameCount, MemoryObserver observer) {
        this.writeBack = writeBack;
        this.frameCount = frameCount;
        this.observer = observer;
    }

    /**
     * The file has grown. What an earlier process may have left behind the old end is nobody's
     * concern.
     */
    void grown(long newFrameCount) {
        frameCount = newFrameCount;
    }

    /** Whether a force has failed; nothing can be made durable any more by this process. */
    public boolean hasFailed() {
        return failed;
    }

    /** How often this process has had the device flush its cache, which is what a force costs. */
    public long flushes() {
        return flushes;
    }

    /**
     * A root that is about to be in force reaches these frames. Said when all of them have been
     * stored, since a force under way takes them along, and before the root can be forced.
     */
    public void reached(long pfn, long frames) {
        reached.add(pfn, frames);
    }

    /**
     * Forces all that roots have come to reach before the call, and perhaps more.
     *
     * @throws StoreException EIO, outcome unknown, when the device fails or has failed before
     */
    public synchronized void forceReached() {
        // also when nothing was reached since: what the failed force had taken is in no run any
        // more
        requireNotFailed();
        List<Run> runs = reached.take();
        if (!everythingForced) {
            force(List.of(new Run(0, frameCount)));
            everythingForced = true;
            return;
        }
        force(runs);
    }

    /**
     * Forces adjacent frames.
     *
     * @throws StoreException EIO, outcome unknown, when the device fails or has failed before
     */
    public synchronized void forceFrames(long pfn, long frames) {
        force(List.of(new Run(pfn, pfn + frames)));
    }

    /** As {@link #forceFrames}, a fixed frame and its second copy. */
    public synchronized void forceBothCopies(long pfn) {
        long second = pfn + FileLayout.SECOND_COPY_DISTANCE;
        force(List.of(new Run(pfn, pfn + 1), new Run(second, second + 1)));
    }

    private void requireNotFailed() {
        if (failed) {
            throw StoreException.outcomeUnknown(
                    "an earlier force failed: nothing can be made durable any more");
        }
    }

    private void force(List<Run> asked) {
        requireNotFailed();
        List<Run> runs = writeBack.flushesOnce() ? asked : merged(asked);
        Run current = null;
        boolean isDone = false;
        try {
            for (Run run : runs) {
                current = run;
                observer.forcing(run.fileOffset(), run.bytes());
            }
            flushes += writeBack.force(runs);
            isDone = true;
        } catch (Native.NativeException | StoreException e) {
            throw StoreException.outcomeUnknown(
                    "force failed: offset="
                            + current.fileOffset()
                            + " bytes="
                            + current.bytes()
                            + " "
                            + e.getMessage());
        } finally {
            failed |= !isDone; // by an Error, too: the runs are in no list any more
        }
        for (Run run : runs) {
            observer.forced(run.fileOffset(), run.bytes());
        }
    }

    private static List<Run> merged(List<Run> runs) {
        List<Run> merged = new ArrayList<>();
        for (Run run : runs) {
            if (!merged.isEmpty() && run.begin() - merged.getLast().end() <= FOREIGN_FRAMES_MAX) {
                merged.add(new Run(merged.removeLast().begin(), run.end()));
            } else {
                merged.add(run);
            }
        }
        return merged;
    }
}
