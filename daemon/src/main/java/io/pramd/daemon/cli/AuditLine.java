package io.pramd.daemon.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.pramd.daemon.server.AuditLog.Deed;
import io.pramd.daemon.server.AuditLog.Doer;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;

/** Immutable: what a line of the audit log says, as one object of JSON. */
final class AuditLine {
    private static final JsonFactory JSON = new JsonFactory();

    private AuditLine() {}

    static String of(Instant time, Doer doer, Deed deed) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("time", time.toString());
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
}
