package io.pramd.daemon.cli;

import io.pramd.daemon.life.Serving;
import io.pramd.daemon.memory.StoreException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One owner. A process whose life is that of a serving: a signal ends both cleanly. */
final class DaemonLife {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonLife.class);

    private final Serving serving;
    private volatile Duration drain;

    DaemonLife(Serving serving, Duration drain) {
        this.serving = serving;
        this.drain = drain;
    }

    void begin() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::endCleanly, "pramd-stop"));
    }

    /** How long running streams may go on after a signal, from now on. */
    void drain(Duration other) {
        drain = other;
    }

    /** Returns never: a signal ends the process by the shutdown hook. */
    int awaitEnd() throws InterruptedException {
        Thread.currentThread().join();
        return 0;
    }

    private void endCleanly() {
        int exitCode = 0;
        try {
            serving.stop(drain);
        } catch (StoreException e) {
            exitCode = e.errno().exitCode();
        } catch (InterruptedException e) {
            LOG.error("interrupted while stopping: no root was forced");
            exitCode = Failures.LOCAL_ERROR;
        }
        halt(exitCode);
    }

    private static void halt(int exitCode) {
        Logging.end();
        Runtime.getRuntime().halt(exitCode);
    }
}
