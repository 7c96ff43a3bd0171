package io.pramd.daemon.memory;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Immutable. Threads that give way where processors are short: Linux has a niceness for each
 * thread, and Java's own priorities mean nothing there.
 *
 * <p>It is 10, a tenth of the share of others, and not the most that there is: a thread that gives
 * way altogether may hold a lock meanwhile, or keep the JVM from a safepoint. A thread hands its
 * niceness on to those that it starts: none of them may be the first to give work to threads of the
 * data path.
 */
public final class Background {
    private static final Logger LOG = LoggerFactory.getLogger(Background.class);
    private static final int NICENESS = 10;

    private Background() {}

    /** The same, to be run by a thread from its begin to its end. */
    public static Runnable givingWay(Runnable work) {
        return () -> {
            try {
                Native.setNiceness(NICENESS);
            } catch (RuntimeException e) {
                LOG.debug("a thread does not give way to others: {}", e.getMessage());
            }
            work.run();
        };
    }
}
