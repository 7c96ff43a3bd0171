package io.pramd.daemon.recovery;

import io.pramd.daemon.node.LeafParts;
import io.pramd.daemon.node.OpenSave;
import java.util.Arrays;
import java.util.List;

/** Immutable. The frames of the saves that are open, in the order of the file. */
final class Granted {
    private final List<OpenSave> saves;
    private final long[] pfns;
    private final int[] frames;
    private final int[] savers;

    Granted(List<OpenSave> saves) {
        this.saves = saves;
        int extents = saves.stream().mapToInt(OpenSave::extents).sum();
        long[] pfnsFound = new long[extents];
        int[] framesFound = new int[extents];
        int[] saversFound = new int[extents];
        int at = 0;
        for (int saver = 0; saver < saves.size(); saver++) {
            OpenSave save = saves.get(saver);
            for (int extent = 0; extent < save.extents(); extent++) {
                if (save.frames(extent) > 0) {
                    pfnsFound[at] = save.pfn(extent);
                    framesFound[at] = save.frames(extent);
                    saversFound[at++] = saver;
                }
            }
        }
        int[] order = LeafParts.inFileOrder(Arrays.copyOf(pfnsFound, at));
        pfns = new long[at];
        frames = new int[at];
        savers = new int[at];
        for (int i = 0; i < at; i++) {
            pfns[i] = pfnsFound[order[i]];
            frames[i] = framesFound[order[i]];
            savers[i] = saversFound[order[i]];
        }
    }

    List<OpenSave> saves() {
        return saves;
    }

    /** Which of 64 frames are granted. */
    long mask(long firstPfn) {
        int extent = firstReaching(firstPfn);
        long mask = 0;
        while (extent < pfns.length && pfns[extent] < firstPfn + Long.SIZE) {
            long begin = Math.max(pfns[extent] - firstPfn, 0);
            long end = Math.min(pfns[extent] + frames[extent] - firstPfn, Long.SIZE);
            if (begin < end) {
                mask |= -1L >>> Long.SIZE - (end - begin) << begin;
            }
            extent++;
        }
        return mask;
    }

    /** The save that has a frame; null: none. */
    OpenSave saver(long pfn) {
        int extent = firstReaching(pfn);
        return extent < pfns.length && pfns[extent] <= pfn ? saves.get(savers[extent]) : null;
    }

    /** The first extent that ends behind a frame; extents never overlap. */
    private int firstReaching(long pfn) {
        int low = 0;
        int high = pfns.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (pfns[middle] + frames[middle] <= pfn) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
