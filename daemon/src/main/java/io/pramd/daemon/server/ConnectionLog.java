package io.pramd.daemon.server;

import io.pramd.daemon.memory.Printable;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Immutable: what the log says of one connection. Every line names it, as {@code connection=12} in
 * its text and as a number by that key for who reads the log by machine. Of a level that is off
 * nothing is put together.
 */
final class ConnectionLog {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLog.class);
    private static final String KEY = "connection"; // as in access.RefusalLog

    private final long number;

    /**
     * @param number that no other connection of this daemon has
     */
    ConnectionLog(long number) {
        this.number = number;
    }

    long number() {
        return number;
    }

    void debug(String text) {
        write(Level.DEBUG, text, null);
    }

    void debug(String format, Object value) {
        if (LOG.isDebugEnabled()) {
            write(Level.DEBUG, format, null, value);
        }
    }

    void debug(String format, Object first, Object second) {
        if (LOG.isDebugEnabled()) {
            write(Level.DEBUG, format, null, first, second);
        }
    }

    void info(String format, Object first, Object second) {
        if (LOG.isInfoEnabled()) {
            write(Level.INFO, format, null, first, second);
        }
    }

    void warn(String format, Object value) {
        write(Level.WARN, format, null, value);
    }

    void error(String text, Throwable cause) {
        write(Level.ERROR, text, cause);
    }

    /** It has come to an end that was not meant. */
    void broke(Throwable cause) {
        if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
            debug("broke: {}", Printable.of(cause.toString()));
        } else if (cause instanceof OutOfMemoryError) {
            // one line and no stack: there may be many of them
            warn("is closed, there is no memory: {}", cause.getMessage());
        } else {
            error("failed inside the daemon", cause);
        }
    }

    private void write(Level level, String format, Throwable cause, Object... values) {
        if (LOG.isEnabledForLevel(level)) {
            LOG.atLevel(level)
                    .setCause(cause)
                    .addKeyValue(KEY, number)
                    .log(KEY + "=" + number + " " + format, values);
        }
    }
}
