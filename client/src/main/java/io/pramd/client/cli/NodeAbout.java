package io.pramd.client.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Immutable: what an archive says of a node, as one line of JSON.
 *
 * @param length in bytes
 * @param createdMillis since the epoch; 0 not known
 * @param expiryMillis since the epoch; 0 never
 * @param origin what is only of use to people: sequence, owner and save id it had
 */
record NodeAbout(
        String name,
        StreamType type,
        long length,
        long createdMillis,
        long expiryMillis,
        Map<String, String> meta,
        Origin origin) {
    /** More than the longest names and metadata take. */
    static final int LINE_BYTES_MAX = 1 << 16;

    private static final JsonFactory FACTORY = new JsonFactory();

    /** Immutable: where a node comes from; empty or null where that is not known. */
    record Origin(Long sequence, String owner, String saveId) {}

    NodeAbout {
        meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
    }

    /** What is to be written of a node; a damaged one that does not say its type has bytes. */
    static NodeAbout of(NodeRecord node, String name) {
        boolean hasSequence = node.sequence() != NodeRecord.SEQUENCE_UNKNOWN;
        return new NodeAbout(
                name,
                node.type() == StreamType.ANY ? StreamType.BYTE : node.type(),
                node.length(),
                node.createdMillis(),
                node.expiryMillis(),
                node.meta(),
                new Origin(
                        hasSequence ? node.sequence() : null,
                        node.owner(),
                        node.saveId().isNone() ? null : node.saveId().toString()));
    }

    /** Pages of 4096 bytes; the last one may be shorter. */
    long pages() {
        return length / WireLimits.PAGE_BYTES + (length % WireLimits.PAGE_BYTES == 0 ? 0 : 1);
    }

    /** The line, with its end. */
    byte[] line() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("name", name);
            json.writeStringField("type", type == StreamType.PAGE ? "page" : "byte");
            json.writeNumberField("length", length);
            json.writeNumberField("pages", pages());
            json.writeStringField("created", utc(createdMillis));
            json.writeStringField("expires", utc(expiryMillis));
            json.writeObjectFieldStart("meta");
            for (Map.Entry<String, String> pair : meta.entrySet()) {
                json.writeStringField(pair.getKey(), pair.getValue());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("origin");
            if (origin.sequence() != null) {
                json.writeNumberField("sequence", origin.sequence());
            }
            json.writeStringField("owner", origin.owner().isEmpty() ? null : origin.owner());
            json.writeStringField("saveId", origin.saveId());
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // of an array
        }
        line.write('\n');
        return line.toByteArray();
    }

    /**
     * Reads a line.
     *
     * @throws LocalFailure where it is none
     */
    static NodeAbout read(ObjectMapper mapper, byte[] line, String member) {
        try {
            JsonNode json = mapper.readTree(line);
            String name = text(json, "name");
            String type = text(json, "type");
            long length = json.path("length").asLong(-1);
            if (name == null || length < 0 || !("page".equals(type) || "byte".equals(type))) {
                throw ArchiveReader.bad(member + " does not say name, type and length", null);
            }
            NodeAbout about =
                    new NodeAbout(
                            name,
                            type.equals("page") ? StreamType.PAGE : StreamType.BYTE,
                            length,
                            millis(text(json, "created")),
                            millis(text(json, "expires")),
                            meta(json.path("meta")),
                            new Origin(null, "", null));
            if (about.pages() != json.path("pages").asLong(-1)) {
                throw ArchiveReader.bad(member + ": pages and length do not fit: " + length, null);
            }
            return about;
        } catch (IOException | DateTimeException | ArithmeticException e) {
            throw ArchiveReader.bad(member + " does not begin with a line of JSON", e);
        }
    }

    private static Map<String, String> meta(JsonNode json) {
        Map<String, String> meta = new LinkedHashMap<>();
        json.properties().forEach(pair -> meta.put(pair.getKey(), pair.getValue().asText()));
        return meta;
    }

    private static String text(JsonNode json, String key) {
        return json.path(key).isTextual() ? json.path(key).textValue() : null;
    }

    /** A time that no daemon would take is none. */
    private static long millis(String time) {
        long millis = time == null ? 0 : Instant.parse(time).toEpochMilli();
        if (millis < 0 || millis > WireLimits.DATE_MILLIS_MAX) {
            throw new DateTimeException("not between 1970 and 2169: " + time);
        }
        return millis;
    }

    private static String utc(long epochMillis) {
        return epochMillis == 0 ? null : Instant.ofEpochMilli(epochMillis).toString();
    }
}
