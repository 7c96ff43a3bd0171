package io.pramd.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Immutable: the answer to INFO.
 *
 * @param values by dotted key, e.g. frames.total, in the daemon's order
 */
public record InfoIs(Map<String, InfoValue> values) implements Message {
    public InfoIs {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    private static Map<String, InfoValue> readValues(PayloadReader in) {
        long count = in.u32("count");
        Map<String, InfoValue> values = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            String key = in.str("key", WireLimits.NAME_BYTES_MAX);
            if (values.put(key, InfoValueCodec.read(in)) != null) {
                throw in.refuse("a key stands twice: key=" + key);
            }
        }
        return values;
    }

    @Override
    public MessageType type() {
        return MessageType.INFO_IS;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u32("count", values.size()).info("values", values);
    }

    static InfoIs read(PayloadReader in) {
        Map<String, InfoValue> values = readValues(in);
        return new InfoIs(values);
    }
}
