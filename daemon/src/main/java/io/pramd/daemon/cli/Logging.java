package io.pramd.daemon.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.CoreConstants;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.spi.ContextAware;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * One owner. The log of the {@code pramd} command, on stderr; made here, since reading the same
 * from XML takes a tenth of a start. The launcher names this class to SLF4J, so that it never
 * becomes the log of a program that has the jar on its class path. {@link LogFormat} says what a
 * line looks like. A file that {@code logback.configurationFile} names counts instead.
 */
public final class Logging implements SLF4JServiceProvider {
    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{24} - %msg%n";
    private static final String API_VERSION = "2.0.99"; // of SLF4J, the newest that will do
    private static final byte[] NOTHING = {};
    private static final int QUEUE_LINES = 8192;

    /** How long an end waits for the last lines: a device may keep them waiting for seconds. */
    static final int LAST_LINES_MILLIS_MAX = 5_000;

    private static final String OWN_LOGGERS = "io.pramd";

    private static LogLevel level = LogLevel.INFO;

    /** The log that is made here, once it is; else null. */
    private static LoggerContext standard;

    private final LoggerContext context = new LoggerContext();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final LogbackMDCAdapter values = new LogbackMDCAdapter();

    @Override
    public void initialize() {
        context.setName(CoreConstants.DEFAULT_CONTEXT_NAME);
        context.setMDCAdapter(values);
        if (System.getProperty("logback.configurationFile") == null) {
            logToStderr();
        } else {
            readConfiguration();
        }
        context.start();
    }

    private void readConfiguration() {
        try {
            new ContextInitializer(context).autoConfig();
        } catch (JoranException e) {
            throw new IllegalStateException("cannot read the configuration of the log", e);
        }
    }

    private void logToStderr() {
        ConsoleAppender<ILoggingEvent> stderr = ofThisLog(new ConsoleAppender<>());
        stderr.setName("stderr");
        stderr.setTarget(ConsoleTarget.SystemErr.getName());
        stderr.setEncoder(inEitherFormat());
        stderr.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(neverBlocking(stderr));
        synchronized (Logging.class) {
            standard = context;
            applyLevel();
        }
    }

    /** From now on; a configuration of the user's own stays as it is. */
    static synchronized void level(LogLevel wanted) {
        level = wanted;
        applyLevel();
    }

    private static void applyLevel() {
        if (standard != null) {
            standard.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(level.others());
            standard.getLogger(OWN_LOGGERS).setLevel(level.own());
        }
    }

    private Encoder<ILoggingEvent> inEitherFormat() {
        Encoder<ILoggingEvent> human = lines();
        Encoder<ILoggingEvent> json = jsonLines();
        EncoderBase<ILoggingEvent> either =
                ofThisLog(
                        new EncoderBase<>() {
                            @Override
                            public byte[] headerBytes() {
                                return NOTHING;
                            }

                            @Override
                            public byte[] encode(ILoggingEvent event) {
                                boolean isJson = LogFormat.inForce() == LogFormat.JSON;
                                return (isJson ? json : human).encode(event);
                            }

                            @Override
                            public byte[] footerBytes() {
                                return NOTHING;
                            }
                        });
        either.start();
        return either;
    }

    private Encoder<ILoggingEvent> lines() {
        PatternLayoutEncoder lines = ofThisLog(new PatternLayoutEncoder());
        lines.setPattern(PATTERN);
        lines.start();
        return lines;
    }

    private Encoder<ILoggingEvent> jsonLines() {
        JsonLines lines = ofThisLog(new JsonLines());
        lines.start();
        return lines;
    }

    /**
     * Nobody who logs waits for stderr, least of all an event loop: when it is stuck, lines are
     * lost.
     */
    private AsyncAppender neverBlocking(ConsoleAppender<ILoggingEvent> stderr) {
        AsyncAppender async = ofThisLog(new AsyncAppender());
        async.setName("async");
        async.setQueueSize(QUEUE_LINES);
        async.setDiscardingThreshold(0);
        async.setNeverBlock(true);
        async.setMaxFlushTime(LAST_LINES_MILLIS_MAX);
        async.addAppender(stderr);
        async.start();
        return async;
    }

    private <T extends ContextAware> T ofThisLog(T part) {
        part.setContext(context);
        return part;
    }

    /**
     * Lines are written by a thread of their own, so that event loops never wait for it; this waits
     * for it. Nothing is logged any more.
     */
    static void end() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return context;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return values;
    }

    @Override
    public String getRequestedApiVersion() {
        return API_VERSION;
    }
}
