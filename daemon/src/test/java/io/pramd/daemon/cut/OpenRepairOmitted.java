package io.pramd.daemon.cut;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.node.CrashPoint;

/**
 * One owner. An opening neither stores again nor forces the forced slots that it finds; the first
 * force of everything leaves fixed frames out.
 */
final class OpenRepairOmitted implements Omission {
    private boolean isRepaired;
    private boolean isEverything;

    @Override
    public void stored(int pfn, Page page, Sink sink) {
        if (isRepaired || !CutModes.isForced(pfn)) {
            sink.store(pfn, page);
        }
    }

    @Override
    public boolean isForced(int first, int end) {
        isEverything = first == 0;
        return !isEverything && (isRepaired || !CutModes.isForced(first));
    }

    @Override
    public void reached(CrashPoint point, Sink sink) {
        isRepaired |= point == CrashPoint.OPEN_SLOTS_REPAIRED;
        if (isEverything && point == CrashPoint.TREE_FORCED) {
            isEverything = false;
            int between = FileLayout.SECOND_COPY_DISTANCE;
            sink.force(FileLayout.FIXED_FRAMES, between);
            sink.force(between + FileLayout.FIXED_FRAMES, Machine.FRAMES);
        }
    }
}
