package io.pramd.daemon.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.spi.ContextAware;
import ch.qos.logback.core.util.FileSize;
import io.pramd.daemon.memory.PathFault;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.AuditLog;
import io.pramd.daemon.server.AuditLog.Deed;
import io.pramd.daemon.server.AuditLog.Doer;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.SubstituteLoggerFactory;

/**
 * Thread-safe. The audit log in a file of its own, which Logback rotates each day and at a size. It
 * is written by a thread of its own; while that cannot write, or cannot keep up, lines are lost and
 * counted.
 */
final class AuditFile implements AuditLog.Sink {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(AuditFile.class);

    /** A logger like any other, for who configures Logback himself. */
    private static final String LOGGER = "pramd.audit";

    private static final int QUEUE_LINES = 8192;
    private static final long FILE_BYTES_MAX = 64L << 20;
    private static final int DAYS_MAX = 365;
    private static final long LOGGING_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long BETWEEN_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final org.slf4j.Logger logger = LoggerFactory.getLogger(LOGGER);
    private final AtomicLong lost = new AtomicLong();
    private final Path file;
    private final long keepBytes;
    private volatile String fault = "";

    /**
     * @param keepBytes how much the older files may take together, the oldest go first
     * @throws StoreException EINVAL for what is no regular file; ENOENT, EACCES or EIO when it
     *     cannot be written to
     */
    AuditFile(Path file, long keepBytes) {
        this.file = file;
        this.keepBytes = keepBytes;
        requireWritable(file);
    }

    /** Two processes that rotate one file would write over each other's. */
    @Override
    public void begin() {
        if (loggerFactory() instanceof LoggerContext context) {
            configure(context);
        }
    }

    /**
     * Another thread of a daemon that starts may be reading the configuration of the log at this
     * moment, and until it has done so there is only a substitute to be had.
     */
    private static ILoggerFactory loggerFactory() {
        long deadline = System.nanoTime() + LOGGING_NANOS;
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        while (factory instanceof SubstituteLoggerFactory) {
            if (System.nanoTime() > deadline) {
                throw StoreException.of(Errno.EIO, "the log does not start: no audit log");
            }
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            factory = LoggerFactory.getILoggerFactory();
        }
        return factory;
    }

    private void configure(LoggerContext context) {
        RollingFileAppender<ILoggingEvent> lines = in(context, new Lines());
        lines.setFile(file.toString());
        lines.setRollingPolicy(rolling(context, lines));
        lines.setEncoder(plain(context));
        lines.start();
        AsyncAppender async = in(context, new Counting());
        async.setQueueSize(QUEUE_LINES);
        async.setDiscardingThreshold(0);
        async.setNeverBlock(true);
        async.setMaxFlushTime(Logging.LAST_LINES_MILLIS_MAX);
        async.addAppender(lines);
        async.start();
        Logger audit = context.getLogger(LOGGER);
        audit.setLevel(Level.INFO);
        audit.setAdditive(false);
        audit.addAppender(async);
    }

    private SizeAndTimeBasedRollingPolicy<ILoggingEvent> rolling(
            LoggerContext context, RollingFileAppender<ILoggingEvent> lines) {
        SizeAndTimeBasedRollingPolicy<ILoggingEvent> policy =
                in(context, new SizeAndTimeBasedRollingPolicy<>());
        policy.setParent(lines);
        policy.setFileNamePattern(file + ".%d{yyyy-MM-dd}.%i");
        policy.setMaxFileSize(new FileSize(Math.min(FILE_BYTES_MAX, keepBytes)));
        policy.setTotalSizeCap(new FileSize(keepBytes));
        policy.setMaxHistory(DAYS_MAX);
        policy.setCleanHistoryOnStart(true);
        policy.start();
        return policy;
    }

    private static PatternLayoutEncoder plain(LoggerContext context) {
        PatternLayoutEncoder encoder = in(context, new PatternLayoutEncoder());
        encoder.setPattern("%msg%n");
        encoder.start();
        return encoder;
    }

    private static <T extends ContextAware> T in(LoggerContext context, T part) {
        part.setContext(context);
        return part;
    }

    /**
     * Whether a start could write there; makes no file.
     *
     * @throws StoreException EINVAL for what is no regular file; ENOENT without the folder, EACCES
     */
    static void requirePossible(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // its rotation would give a device another name
            throw StoreException.of(Errno.EINVAL, "the audit log is no regular file: file=" + file);
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw StoreException.of(
                    Errno.ENOENT,
                    "no such folder for the audit log: file=" + file + " folder=" + folder);
        }
        if (!Files.isWritable(Files.exists(file) ? file : folder)) {
            throw StoreException.of(Errno.EACCES, "cannot write the audit log: file=" + file);
        }
    }

    private static void requireWritable(Path file) {
        requirePossible(file);
        try {
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    .close();
        } catch (IOException e) {
            throw StoreException.of(
                    PathFault.errno(e), "cannot write the audit log: file=" + file + " cause=" + e);
        }
    }

    /** Writes, and notes while it cannot. Its writing thread only. */
    private final class Lines extends RollingFileAppender<ILoggingEvent>
            implements WholeLines.Listener {
        @Override
        public void openFile(String name) {
            streamWriteLock.lock();
            try {
                setOutputStream(new WholeLines(Path.of(name), !fault.isEmpty(), this));
            } finally {
                streamWriteLock.unlock();
            }
        }

        @Override
        public void lost(IOException cause) {
            lost.incrementAndGet();
            if (fault.isEmpty()) {
                LOG.error(
                        "the audit log cannot be written: file={} cause={}",
                        file,
                        cause.getMessage());
            }
            fault = String.valueOf(cause.getMessage());
        }

        @Override
        public void written() {
            if (!fault.isEmpty()) {
                fault = "";
                LOG.info("the audit log is written again: file={} lost={}", file, lost);
            }
        }
    }

    /** Its lines that find the queue full are lost, as far as can be told without waiting. */
    private final class Counting extends AsyncAppender {
        @Override
        protected void append(ILoggingEvent event) {
            if (getRemainingCapacity() == 0) {
                lost.incrementAndGet();
            }
            super.append(event);
        }
    }

    @Override
    public void write(Doer doer, Deed deed) {
        logger.info(AuditLine.of(Instant.now(), doer, deed));
    }

    @Override
    public Map<String, Object> info() {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("audit.fault", fault);
        info.put("audit.lost", lost.get());
        return info;
    }
}
