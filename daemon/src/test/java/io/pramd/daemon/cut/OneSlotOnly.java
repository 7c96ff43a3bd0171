package io.pramd.daemon.cut;

import io.pramd.daemon.layout.FileLayout;

/** One owner. All current slots are stored into the first one, all forced slots too. */
final class OneSlotOnly implements Omission {
    @Override
    public void stored(int pfn, Page page, Sink sink) {
        int second = pfn % FileLayout.SECOND_COPY_DISTANCE;
        boolean isSecond =
                CutModes.isFixed(pfn)
                        && (FileLayout.CURRENT_SLOT_PFNS.getLast() == second
                                || FileLayout.FORCED_SLOT_PFNS.getLast() == second);
        if (isSecond) {
            sink.store(pfn - 1, Slots.at(second - 1, page, sink));
        } else {
            sink.store(pfn, page);
        }
    }
}
