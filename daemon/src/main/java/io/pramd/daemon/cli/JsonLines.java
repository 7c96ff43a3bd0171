package io.pramd.daemon.cli;

import static ch.qos.logback.core.encoder.JsonEscapeUtil.jsonEscapeString;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.slf4j.event.KeyValuePair;

/**
 * Thread-safe. An event as one line of JSON: time, level, logger, thread, message; then what the
 * event says by key, numbers as numbers; then the stack trace of what was thrown, as text.
 * (Logback's own encoder has keys in objects of an array, where few look for them, and all as
 * texts.)
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};
    private static final int LINE_CHARS = 256;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(LINE_CHARS).append('{');
        append(line, "timestamp", TIME.format(event.getInstant()));
        append(line, "level", event.getLevel().toString());
        append(line, "logger", event.getLoggerName());
        append(line, "thread", event.getThreadName());
        append(line, "message", event.getFormattedMessage());
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                append(line, pair.key, pair.value);
            }
        }
        if (event.getThrowableProxy() != null) {
            append(line, "stackTrace", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        line.setCharAt(line.length() - 1, '}');
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void append(StringBuilder line, String key, Object value) {
        line.append('"').append(key).append("\":");
        if (value instanceof Integer || value instanceof Long || value instanceof Boolean) {
            line.append(value);
        } else {
            // a slash need not be escaped, and is easier to find as it is
            String text = jsonEscapeString(String.valueOf(value)).replace("\\/", "/");
            line.append('"').append(text).append('"');
        }
        line.append(',');
    }
}
