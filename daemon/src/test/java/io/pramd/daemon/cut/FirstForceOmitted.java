package io.pramd.daemon.cut;

import io.pramd.daemon.node.CrashPoint;

/** One owner. What an opening does for a forced root behind its current slot has no effect. */
final class FirstForceOmitted implements Omission {
    private boolean isOmitting;

    @Override
    public void stored(int pfn, Page page, Sink sink) {
        if (!isOmitting || !CutModes.isForced(pfn)) {
            sink.store(pfn, page);
        }
    }

    @Override
    public boolean isForced(int first, int end) {
        return !isOmitting;
    }

    @Override
    public void reached(CrashPoint point, Sink sink) {
        isOmitting |= point == CrashPoint.OPEN_CURRENT_SLOT_STORED;
    }

    @Override
    public void serving() {
        isOmitting = false;
    }
}
