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
        halt(stop());
    }

    /** Answers the exit code: of what is not known to have gone well never 0. */
    int stop() {
        try {
            serving.stop(drain);
            return 0;
        } catch (StoreException e) {
            return e.errno().exitCode();
        } catch (InterruptedException e) {
            LOG.error("interrupted while stopping: no root was forced");
        } catch (RuntimeException e) {
            LOG.error("stopping failed: perhaps no root was forced", e);
        }
        return Failures.LOCAL_ERROR;
    }

    private static void halt(int exitCode) {
        Logging.end();
        Runtime.getRuntime().halt(exitCode);
    }
}
