package io.pramd.daemon.cut;

import io.pramd.daemon.node.CrashPoint;

/** One owner. Of two equal pages that a commit stores for its tree the second is left out. */
final class TwinsOmitted implements Omission {
    private boolean isTree;
    private Page before;

    @Override
    public void stored(int pfn, Page page, Sink sink) {
        boolean isTwin =
                isTree && !CutModes.isFixed(pfn) && before != null && before.hash() == page.hash();
        if (!isTwin) {
            sink.store(pfn, page);
        }
        before = isTwin ? null : page;
    }

    @Override
    public void reached(CrashPoint point, Sink sink) {
        isTree = point == CrashPoint.NODE_STORED;
    }
}
