package io.pramd.daemon.server;

import java.net.SocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe: says in the log what is wrong with connections, a few times a second: strangers must
 * not be able to fill it.
 */
final class Complaints {
    private static final Logger LOG = LoggerFactory.getLogger(Complaints.class);

    private final Pace pace = new Pace();

    /** One line at INFO, or none when there were too many. */
    void say(ConnectionLog log, SocketAddress from, String what) {
        if (pace.passes(System.nanoTime())) {
            long leftOut = pace.takeLeftOut();
            if (leftOut > 0) {
                LOG.info("more of the same about other connections: {}", leftOut);
            }
            log.info("from={}: {}", from, what);
        }
    }
}
