package io.pramd.protocol;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;

/** Immutable: the byte table of one payload, taken from the very calls that write it. */
final class PayloadFields {
    private static final Set<String> FIXED = Set.of("u8", "u16", "u32", "u64", "zero", "16 bytes");
    private static final Properties MEANINGS = meanings();

    private final String owner;
    private final List<String> rows = new ArrayList<>();
    private boolean offsetsKnown = true;

    private PayloadFields(String owner) {
        this.owner = owner;
    }

    static List<String> of(Message message) {
        return table(message.type().name(), message::write);
    }

    static List<String> ofNodeRecord() {
        return table("NODE", MessageSamples.NODE::write);
    }

    static List<String> ofDates() {
        return table("DATES", new NodeDates(1, 2)::write);
    }

    private static List<String> table(String owner, Consumer<PayloadWriter> write) {
        PayloadFields fields = new PayloadFields(owner);
        write.accept(new PayloadWriter(Unpooled.buffer(), fields::add));
        if (fields.rows.isEmpty()) {
            return List.of("The payload is empty.");
        }
        List<String> table = new ArrayList<>();
        table.add("| offset | bytes | type | field | meaning |");
        table.add("| --- | --- | --- | --- | --- |");
        table.addAll(fields.rows);
        return table;
    }

    private void add(String name, String kind, int offset, int bytes) {
        boolean fixed = FIXED.contains(kind);
        rows.add(
                String.format(
                        "| %s | %s | %s | %s | %s |",
                        offsetsKnown ? offset : "",
                        fixed ? bytes : "",
                        kind.equals("zero") || kind.equals("16 bytes") ? "bytes" : kind,
                        name.equals("zero") ? "" : "`" + name + "`",
                        name.equals("zero") ? "reserved, zero" : meaning(name)));
        offsetsKnown &= fixed;
    }

    private String meaning(String name) {
        String meaning = MEANINGS.getProperty(owner + "." + name, MEANINGS.getProperty(name));
        if (meaning == null) {
            throw new AssertionError("field-meanings.properties lacks " + owner + "." + name);
        }
        return meaning;
    }

    private static Properties meanings() {
        Properties meanings = new Properties();
        try (InputStream in =
                PayloadFields.class.getResourceAsStream("field-meanings.properties")) {
            meanings.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            return meanings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
