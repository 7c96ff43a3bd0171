package io.pramd.daemon.cut;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One owner. A current slot comes to be stored only behind some stores that follow: what its commit
 * dropped has been free meanwhile.
 */
final class SlotStoredLate implements Omission {
    private static final int LATE_BY = 8;

    private final Map<Integer, Page> waiting = new LinkedHashMap<>();
    private boolean isServing;
    private int stores;

    @Override
    public void stored(int pfn, Page page, Sink sink) {
        if (isServing && CutModes.isCurrent(pfn)) {
            if (waiting.containsKey(pfn) || stores > 0) {
                flush(sink);
            }
            waiting.put(pfn, page);
            return;
        }
        sink.store(pfn, page);
        if (!waiting.isEmpty() && ++stores == LATE_BY) {
            flush(sink);
        }
    }

    private void flush(Sink sink) {
        waiting.forEach(sink::store);
        waiting.clear();
        stores = 0;
    }

    @Override
    public void serving() {
        isServing = true;
    }

    @Override
    public boolean isHolding() {
        return !waiting.isEmpty();
    }
}
