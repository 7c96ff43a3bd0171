package io.pramd.daemon.cut;

import io.pramd.daemon.node.CrashPoint;
import java.util.ArrayList;
import java.util.List;

/** One owner. What a root reaches is forced behind the store of its forced slot. */
final class TreeForcedAfterSlot implements Omission {
    private final List<int[]> waiting = new ArrayList<>();

    @Override
    public boolean isForced(int first, int end) {
        boolean isTree = first == 0 || !CutModes.isFixed(first);
        if (isTree) {
            waiting.add(new int[] {first, end});
        }
        return !isTree;
    }

    @Override
    public void reached(CrashPoint point, Sink sink) {
        if (point == CrashPoint.FORCED_SLOT_STORED) {
            waiting.forEach(range -> sink.force(range[0], range[1]));
            waiting.clear();
        }
    }
}
