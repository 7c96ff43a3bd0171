package io.pramd.daemon.node;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Thread-safe. Has a root forced in the background some time after a commit that asks for it: level
 * {@code interval}. Where nothing is committed nothing is forced.
 */
final class IntervalForce {
    /**
     * When the force begins. The level promises that a commit is on the device after twice as long.
     */
    static final long DELAY_MILLIS = 2_500;

    private final RootForcer forcer;
    private final ScheduledExecutorService timer;
    private final AtomicBoolean isArmed = new AtomicBoolean();

    IntervalForce(RootForcer forcer, ScheduledExecutorService timer) {
        this.forcer = forcer;
        this.timer = timer;
    }

    /** A root was committed; unless a force is on its way. */
    void committed() {
        if (isArmed.compareAndSet(false, true)) {
            timer.schedule(this::force, DELAY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void force() {
        isArmed.set(false); // before the root is taken: who commits from here on asks again
        forcer.requestIfNewer();
    }
}
