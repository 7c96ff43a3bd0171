package io.pramd.daemon.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;

/**
 * Thread-safe: the record of who did what, a line of JSON for each. Nobody waits for it, and
 * nothing depends on it: a line that cannot be written is lost, and counted by who writes it.
 */
public final class AuditLog {
    /** Keeps nothing. */
    public static final AuditLog OFF = new AuditLog(null);

    private final JsonFactory json = new JsonFactory();
    private final Sink sink;

    /** Thread-safe: where lines go. */
    public interface Sink {
        /** Takes a line without its end; returns at once. */
        void write(String line);

        /** For the operator: how it is, by dotted key. */
        Map<String, Object> info();
    }

    private AuditLog(Sink sink) {
        this.sink = sink;
    }

    public static AuditLog to(Sink sink) {
        return new AuditLog(sink);
    }

    boolean isOn() {
        return sink != null;
    }

    Map<String, Object> info() {
        return isOn() ? sink.info() : Map.of();
    }

    /**
     * Immutable: what was done.
     *
     * @param verb in small letters
     * @param name of the node, or the prefix; may be empty
     * @param result ok, or an errno, or how else it ended
     * @param bytes of page data that were moved
     */
    record Deed(String verb, String name, String result, long bytes, long millis) {}

    void write(Doer doer, Deed deed) {
        if (isOn()) {
            sink.write(line(doer, deed));
        }
    }

    private String line(Doer doer, Deed deed) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = json.createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("time", Instant.now().toString());
            out.writeNumberField("connection", doer.connection());
            out.writeStringField("from", doer.from());
            out.writeStringField("principal", doer.principal());
            out.writeStringField("by", doer.by());
            out.writeStringField("verb", deed.verb());
            out.writeStringField("name", deed.name());
            out.writeStringField("result", deed.result());
            out.writeNumberField("bytes", deed.bytes());
            out.writeNumberField("millis", deed.millis());
            out.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a string takes all that is written", e);
        }
        return text.toString();
    }

    /**
     * Immutable: who did it.
     *
     * @param connection its number
     * @param from address of the peer; of a Unix socket the listener's
     * @param principal empty where the daemon does not want to know
     * @param by what it is known; may be empty
     */
    record Doer(long connection, String from, String principal, String by) {}
}
