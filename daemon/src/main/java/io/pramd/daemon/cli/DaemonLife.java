package io.pramd.daemon.cli;

import ch.qos.logback.classic.LoggerContext;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.StoreThreads;
import io.pramd.daemon.recovery.OpenStore;
import io.pramd.daemon.server.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner. What a daemon does from its first client to its last instruction: recovers behind the
 * serving, ends cleanly at a signal, and ends at once when its store cannot go on.
 */
final class DaemonLife {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonLife.class);
    private static final Duration FAIL_LIMIT = Duration.ofSeconds(5);
    private static final long RECOVERY_JOIN_MILLIS = 10_000;

    private final OpenStore open;
    private final Server server;
    private final StoreThreads threads;
    private final Duration drain;
    private final AtomicBoolean ending = new AtomicBoolean();
    private final Thread recovery = new Thread(this::recover, "pramd-recovery");

    DaemonLife(OpenStore open, Server server, StoreThreads threads, Duration drain) {
        this.open = open;
        this.server = server;
        this.threads = threads;
        this.drain = drain;
    }

    void begin() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::endCleanly, "pramd-stop"));
        recovery.setDaemon(true);
        recovery.start();
    }

    private void recover() {
        try {
            open.recover();
            open.report().lines().forEach(line -> LOG.info("recovery: {}", line));
        } catch (RuntimeException e) {
            if (!ending.get()) {
                open.store().walking(() -> "failed: " + e.getMessage());
                LOG.error(
                        "recovery ended early, changes will not be served: {}", e.getMessage(), e);
            }
        }
    }

    /** Waits for the store to fail; a signal ends the process by the shutdown hook instead. */
    int awaitEnd() throws InterruptedException {
        StoreException why = open.store().failed().join();
        // first of all, so that no start believes what may not be on the device: a clean stop that
        // is under way may take long, and be cut short by a kill
        markForceFailed(why);
        if (!ending.compareAndSet(false, true)) {
            Thread.currentThread().join();
        }
        LOG.error("the store cannot go on: {}", why.getMessage());
        server.failAll(why, FAIL_LIMIT);
        flushLog();
        Runtime.getRuntime().halt(why.errno().exitCode());
        return why.errno().exitCode();
    }

    private void endCleanly() {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        int exitCode = 0;
        try {
            LOG.info("stopping: running streams have {} to end", drain);
            int left = server.drain(drain);
            if (left > 0) {
                LOG.warn("connections were cut at the end of --drain: {}", left);
            }
            server.close();
            recovery.join(RECOVERY_JOIN_MILLIS);
            String end = "stopped before the references were counted: nothing was changed";
            if (open.store().isWalked()) {
                open.store().force().join();
                end = "stopped cleanly: a root is forced";
            }
            if (threads.end()) {
                open.close();
            } else {
                // whoever still works in the memory ends with the process, and so does the mapping
                end += "; some work did not end in time";
            }
            LOG.info(end);
        } catch (CompletionException | InterruptedException | IOException e) {
            exitCode = endAfterFailure(e);
        }
        flushLog();
        Runtime.getRuntime().halt(exitCode);
    }

    private void markForceFailed(StoreException why) {
        try {
            if (open.memory().forcer().hasFailed()) {
                open.markForceFailed(why);
            }
        } catch (StoreException e) {
            // the clients must hear of the failure all the same
            LOG.error("the next start will not know that a force failed: {}", e.getMessage());
        }
    }

    private int endAfterFailure(Exception e) {
        LOG.error("stopped without forcing a root: {}", e.getMessage());
        if (e.getCause() instanceof StoreException known) {
            markForceFailed(known);
            return known.errno().exitCode();
        }
        return Failures.LOCAL_ERROR;
    }

    /**
     * The log is written by a thread of its own, so that event loops never wait for it; here it is
     * waited for.
     */
    private static void flushLog() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }
}
