package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.Field;
import io.pramd.daemon.layout.MetadataPage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Immutable. Prints a structure field by field, from the lists that also lay it out. */
final class FieldLines {
    private static final Set<String> IN_HEX = Set.of("magic", "csum", "root_csum", "tag");
    private static final Set<String> TEXTS = Set.of("name", "owner");
    private static final Set<String> UUIDS = Set.of("uuid", "boot_id", "save_id");
    private static final String EXPIRY = "expiry_millis";
    // printed by whoever knows what is in them
    private static final Set<String> LEFT_OUT = Set.of("entries", "inline_entries", "meta");

    private FieldLines() {}

    static void print(ByteBuffer page, List<Field> fields, DumpWriter out) {
        for (Field field : fields) {
            if (!LEFT_OUT.contains(field.name())) {
                out.field(field.name(), value(page, field));
            }
        }
    }

    private static String value(ByteBuffer page, Field field) {
        if (TEXTS.contains(field.name())) {
            return text(MetadataPage.bytes(page, field));
        }
        if (UUIDS.contains(field.name())) {
            ByteBuffer bytes = ByteBuffer.wrap(MetadataPage.bytes(page, field));
            return new UUID(bytes.getLong(), bytes.getLong()).toString();
        }
        if (field.bytes() > Long.BYTES) {
            return HexFormat.of().formatHex(MetadataPage.bytes(page, field));
        }
        long number = MetadataPage.number(page, field);
        if (field.name().equals(EXPIRY) && number > 0) {
            return number + " " + Instant.ofEpochMilli(number);
        }
        return IN_HEX.contains(field.name())
                ? String.format("%08x", number)
                : Long.toUnsignedString(number);
    }

    /** Up to the first NUL, with control characters made visible. */
    private static String text(byte[] bytes) {
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return visible(new String(bytes, 0, length, StandardCharsets.UTF_8));
    }

    /** A text that cannot play tricks on a terminal. */
    static String visible(String text) {
        StringBuilder visible = new StringBuilder("\"");
        text.codePoints()
                .forEach(
                        point -> {
                            if (Character.isISOControl(point) || point == '"' || point == '\\') {
                                visible.append(String.format("\\u%04x", point));
                            } else {
                                visible.appendCodePoint(point);
                            }
                        });
        return visible.append('"').toString();
    }
}
