package io.pramd.daemon.cut;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.node.CrashPoint;

/**
 * One owner. An opening stores the chosen root under the sequence that its newest forced slot had,
 * as current root and as forced one.
 */
final class OldSequenceAtOpen implements Omission {
    private boolean isReserved;
    private boolean isServing;
    private long newestForced;

    @Override
    public void stored(int pfn, Page page, Sink sink) {
        if (!isReserved && CutModes.isForced(pfn)) {
            newestForced = Math.max(newestForced, Slots.sequence(page));
        }
        boolean isSlot = CutModes.isForced(pfn) || CutModes.isCurrent(pfn);
        int first = pfn % FileLayout.SECOND_COPY_DISTANCE;
        sink.store(
                pfn,
                isSlot && isReserved && !isServing
                        ? Slots.withSequence(first, page, newestForced, sink)
                        : page);
    }

    @Override
    public void reached(CrashPoint point, Sink sink) {
        isReserved |= point == CrashPoint.SEQUENCES_RESERVED;
    }

    @Override
    public void serving() {
        isServing = true;
    }
}
