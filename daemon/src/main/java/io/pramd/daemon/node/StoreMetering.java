package io.pramd.daemon.node;

/** Thread-safe. What a store counts of its own work, and who else hears of it. */
final class StoreMetering {
    private volatile StoreMeter meter = StoreMeter.NONE;
    private volatile long commits;

    /** From now on this one hears. */
    void heardBy(StoreMeter newMeter) {
        meter = newMeter;
    }

    /** When something begins that will be measured; without a meter no clock is read. */
    long begin() {
        return meter == StoreMeter.NONE ? 0 : System.nanoTime();
    }

    /** Called by one thread at a time: who commits. */
    void committed(int changes, long begin) {
        commits = commits + 1;
        if (begin != 0) {
            meter.committed(changes, System.nanoTime() - begin);
        }
    }

    void forced(long begin) {
        if (begin != 0) {
            meter.forced(System.nanoTime() - begin);
        }
    }

    /** Since the start. */
    long commits() {
        return commits;
    }
}
