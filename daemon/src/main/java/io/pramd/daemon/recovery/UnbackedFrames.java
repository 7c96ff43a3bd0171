package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FrameAllocator;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.ReferenceCounts;
import io.pramd.daemon.memory.StoreException;

/**
 * One owner. Finds the free frames of a sparse file for which its file system has no room, before
 * one of them is handed out: a store into it would fail, in the middle of a commit perhaps.
 */
final class UnbackedFrames {
    private final MappedMemory memory;
    private final ReferenceCounts counts;
    private long unbacked;

    UnbackedFrames(MappedMemory memory, ReferenceCounts counts) {
        this.memory = memory;
        this.counts = counts;
    }

    /** Takes those frames out of use for the life of these counts; answers so in words. */
    String keepFromUse() {
        long begin = 0;
        while (begin < counts.frameCount()) {
            long end = begin;
            while (isFree(end) && end - begin < FrameAllocator.EXTENT_FRAMES_MAX) {
                end++;
            }
            keepFromUse(begin, end - begin);
            begin = Math.max(end, begin + 1);
        }
        return "frames without backing are not used until a start finds room for them: frames="
                + unbacked;
    }

    private boolean isFree(long pfn) {
        return pfn < counts.frameCount() && counts.count(pfn) == 0 && !FileLayout.isFixed(pfn);
    }

    private void keepFromUse(long pfn, long frames) {
        if (frames == 0 || isBacked(pfn, frames)) {
            return;
        }
        for (long each = pfn; each < pfn + frames; each++) {
            if (!isBacked(each, 1)) {
                counts.retainForGood(each);
                unbacked++;
            }
        }
    }

    private boolean isBacked(long pfn, long frames) {
        try {
            memory.populateForWrite(pfn, frames);
            return true;
        } catch (StoreException e) {
            return false;
        }
    }
}
