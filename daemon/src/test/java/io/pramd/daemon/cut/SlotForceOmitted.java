package io.pramd.daemon.cut;

import io.pramd.daemon.node.CrashPoint;

/** One owner. Forced slots are stored and not forced, but those that an opening stores again. */
final class SlotForceOmitted implements Omission {
    private boolean isRepaired;

    @Override
    public boolean isForced(int first, int end) {
        return !isRepaired || !CutModes.isForced(first);
    }

    @Override
    public void reached(CrashPoint point, Sink sink) {
        isRepaired |= point == CrashPoint.OPEN_SLOTS_REPAIRED;
    }
}
