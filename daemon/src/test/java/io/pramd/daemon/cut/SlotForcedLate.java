package io.pramd.daemon.cut;

/**
 * One owner. A forced slot comes to be forced only behind some stores that follow: what its root
 * dropped has been free meanwhile.
 */
final class SlotForcedLate implements Omission {
    private static final int LATE_BY = 12;

    private boolean isServing;
    private int first = -1;
    private int end;
    private int stores;

    @Override
    public void stored(int pfn, Page page, Sink sink) {
        sink.store(pfn, page);
        if (first >= 0 && ++stores == LATE_BY) {
            sink.force(first, end);
            first = -1;
        }
    }

    @Override
    public boolean isForced(int newFirst, int newEnd) {
        if (!isServing || !CutModes.isForced(newFirst)) {
            return true;
        }
        first = newFirst;
        end = newEnd;
        stores = 0;
        return false;
    }

    @Override
    public void serving() {
        isServing = true;
    }

    @Override
    public boolean isHolding() {
        return first >= 0;
    }
}
