package io.pramd.daemon.access;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Thread-safe. Why somebody was not let in is for the operator alone: whoever tries is told the
 * same whatever the cause. Nobody can fill the log by trying.
 */
final class RefusalLog {
    /** What everybody is told. */
    static final String TEXT = "not let in: no valid token, certificate or user";

    static final int LINES_A_SECOND = 10;

    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final String CONNECTION = "connection"; // as in server.ConnectionLog
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private long secondBegan;
    private int inThisSecond;

    RefusalLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        secondBegan = nanoTime.getAsLong();
    }

    /**
     * Notes a refusal.
     *
     * @param cause one printable line, without secrets
     * @param connection that somebody wanted to come in by; 0: none that has a number
     * @return what the other side is told
     */
    StoreException refuse(String cause, long connection) {
        if (isNextToBeSaid()) {
            LoggingEventBuilder line = LOG.atInfo();
            if (connection == 0) {
                line.log("not let in: cause={}", cause);
            } else {
                line.addKeyValue(CONNECTION, connection)
                        .log("connection={} is not let in: cause={}", connection, cause);
            }
        }
        return StoreException.of(Errno.EACCES, TEXT);
    }

    private synchronized boolean isNextToBeSaid() {
        endSecond();
        inThisSecond++;
        return inThisSecond <= LINES_A_SECOND;
    }

    /** Says how many were left out in a second that is over. */
    synchronized void endSecond() {
        long now = nanoTime.getAsLong();
        if (now - secondBegan < SECOND_NANOS) {
            return;
        }
        int leftOut = inThisSecond - LINES_A_SECOND;
        secondBegan = now;
        inThisSecond = 0;
        if (leftOut > 0) {
            LOG.info("not let in: causes left out, count={}", leftOut);
        }
    }
}
