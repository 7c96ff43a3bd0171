package io.pramd.daemon.cut;

import io.pramd.daemon.node.CrashPoint;
import java.util.LinkedHashMap;
import java.util.Map;

/** One owner. A commit stores its directory pages behind the slot that names them. */
final class TreeAfterSlot implements Omission {
    private final Map<Integer, Page> waiting = new LinkedHashMap<>();
    private boolean isTree;

    @Override
    public void stored(int pfn, Page page, Sink sink) {
        if (isTree && !CutModes.isFixed(pfn)) {
            waiting.put(pfn, page);
        } else {
            sink.store(pfn, page);
        }
    }

    @Override
    public void reached(CrashPoint point, Sink sink) {
        isTree = point == CrashPoint.NODE_STORED;
        if (point == CrashPoint.CURRENT_SLOT_STORED) {
            waiting.forEach(sink::store);
            waiting.clear();
        }
    }
}
