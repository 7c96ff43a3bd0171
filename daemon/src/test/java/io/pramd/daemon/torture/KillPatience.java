package io.pramd.daemon.torture;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramException;
import io.pramd.daemon.fixture.WayIn;
import io.pramd.protocol.Errno;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Immutable. On a busy machine the first handshakes of a daemon that has just started may take
 * longer than it gives them: who is told so comes again.
 */
final class KillPatience {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long PAUSE_NANOS = 50_000_000;

    private KillPatience() {}

    static PramClient connect(WayIn way, PramConfig config) {
        long limit = System.nanoTime() + LIMIT_NANOS;
        while (true) {
            try {
                return way.connect(config);
            } catch (PramException e) {
                boolean isLate = e.errno() == Errno.ETIMEDOUT || e.errno() == Errno.EAGAIN;
                if (!isLate || System.nanoTime() > limit) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
