package io.pramd.client.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** One owner: writes one JSON document to stdout, indented or on one line. */
final class Json implements AutoCloseable {
    private final PrintWriter out;
    private final JsonGenerator generator;

    Json(CommandIo io) throws IOException {
        this(io.text());
        generator.useDefaultPrettyPrinter();
    }

    private Json(PrintWriter out) throws IOException {
        this.out = out;
        generator = new JsonFactory().createGenerator(out);
        generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    }

    /**
     * One that takes one line.
     *
     * @param out flushed behind it, and left open
     */
    static Json line(PrintWriter out) throws IOException {
        return new Json(out);
    }

    void object() throws IOException {
        generator.writeStartObject();
    }

    void object(String key) throws IOException {
        generator.writeObjectFieldStart(key);
    }

    /** What is written next belongs to it. */
    void key(String key) throws IOException {
        generator.writeFieldName(key);
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

    /** With one digit behind the point; not a number becomes JSON's null. */
    void decimal(String key, double value) throws IOException {
        if (Double.isNaN(value)) {
            nothing(key);
        } else {
            generator.writeNumberField(
                    key, BigDecimal.valueOf(value).setScale(1, RoundingMode.HALF_UP));
        }
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
