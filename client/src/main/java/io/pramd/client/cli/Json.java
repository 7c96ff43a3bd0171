package io.pramd.client.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;

/** One owner: writes one JSON document to stdout, indented. */
final class Json implements AutoCloseable {
    private final PrintWriter out;
    private final JsonGenerator generator;

    Json(CommandIo io) throws IOException {
        out = io.text();
        generator = new JsonFactory().createGenerator(out).useDefaultPrettyPrinter();
        generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    }

    void object() throws IOException {
        generator.writeStartObject();
    }

    void object(String key) throws IOException {
        generator.writeObjectFieldStart(key);
    }

    void array() throws IOException {
        generator.writeStartArray();
    }

    void array(String key) throws IOException {
        generator.writeArrayFieldStart(key);
    }

    /** Ends the object or array begun last. */
    void end() throws IOException {
        if (generator.getOutputContext().inArray()) {
            generator.writeEndArray();
        } else {
            generator.writeEndObject();
        }
    }

    void text(String value) throws IOException {
        generator.writeString(value);
    }

    /** Null becomes JSON's null. */
    void text(String key, String value) throws IOException {
        generator.writeStringField(key, value);
    }

    void number(String key, long value) throws IOException {
        generator.writeNumberField(key, value);
    }

    void nothing(String key) throws IOException {
        generator.writeNullField(key);
    }

    void flag(String key, boolean value) throws IOException {
        generator.writeBooleanField(key, value);
    }

    @Override
    public void close() throws IOException {
        generator.close();
        out.println();
        out.flush();
    }
}
