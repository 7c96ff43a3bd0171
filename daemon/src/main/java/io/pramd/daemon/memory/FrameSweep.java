package io.pramd.daemon.memory;

import io.pramd.daemon.layout.FileLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One owner. Reads frames that are known beforehand in few large reads: when the first of some that
 * lie close together is asked for, all of them are read. Asked for in the order of the file, each
 * is read once; in any other order, and frames that are not known, one by one.
 */
public final class FrameSweep implements FrameReader {
    /** Read at a time at most: 256 KiB. */
    private static final int RUN_FRAMES = 64;

    /** Frames in between that cost less than another read. */
    private static final int GAP_FRAMES = 8;

    private final FrameReader frames;
    private final ByteBuffer run = ByteBuffer.allocate(RUN_FRAMES * FileLayout.FRAME_BYTES);
    private long[] known = {};
    private long runBegin;
    private long runEnd;

    public FrameSweep(FrameReader frames) {
        this.frames = frames;
    }

    /** The frames that will be asked for, in any order; those that the file does not have, too. */
    public void expect(long[] pfns) {
        known = pfns.clone();
        Arrays.sort(known);
        runEnd = runBegin;
    }

    @Override
    public void read(long pfn, ByteBuffer page) {
        if (!isInRun(pfn)) {
            readRunFrom(pfn);
        }
        if (isInRun(pfn)) {
            int at = (int) (pfn - runBegin) * FileLayout.FRAME_BYTES;
            page.duplicate().clear().put(0, run, at, FileLayout.FRAME_BYTES);
        } else {
            frames.read(pfn, page);
        }
    }

    private boolean isInRun(long pfn) {
        return pfn >= runBegin && pfn < runEnd;
    }

    private void readRunFrom(long pfn) {
        int next = Arrays.binarySearch(known, pfn) + 1;
        if (next <= 0) {
            return;
        }
        long end = pfn + 1;
        while (next < known.length
                && known[next] - end <= GAP_FRAMES
                && known[next] - pfn < RUN_FRAMES) {
            end = Math.max(end, known[next] + 1);
            next++;
        }
        if (end == pfn + 1) {
            return;
        }
        try {
            int bytes = (int) (end - pfn) * FileLayout.FRAME_BYTES;
            frames.readRun(pfn, run.clear().limit(bytes));
            runBegin = pfn;
            runEnd = end;
        } catch (StoreException e) {
            // one of them cannot be read: each for itself then, so that this one says so
            runEnd = runBegin;
        } finally {
            run.clear();
        }
    }
}
