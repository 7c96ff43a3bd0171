package io.pramd.daemon.cut;

/** One owner. An opening stores nothing but fixed frames: what it does store it stores again. */
final class StoredAgainOmitted implements Omission {
    private boolean isServing;

    @Override
    public void stored(int pfn, Page page, Sink sink) {
        if (isServing || CutModes.isFixed(pfn)) {
            sink.store(pfn, page);
        }
    }

    @Override
    public void serving() {
        isServing = true;
    }
}
