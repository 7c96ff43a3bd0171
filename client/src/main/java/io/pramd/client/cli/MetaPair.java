package io.pramd.client.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Immutable: a piece of metadata as an option says it: {@code KEY=VALUE}. */
record MetaPair(String key, String value) {

    /** All of them; of a key that is said twice the last. */
    static Map<String, String> map(List<MetaPair> pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        pairs.forEach(pair -> map.put(pair.key, pair.value));
        return map;
    }

    /** Immutable. Reads it; the value may have equals signs of its own. */
    static final class Converter implements ITypeConverter<MetaPair> {
        @Override
        public MetaPair convert(String text) {
            int end = text.indexOf('=');
            if (end < 0) {
                throw new TypeConversionException("'" + text + "' is not KEY=VALUE");
            }
            return new MetaPair(text.substring(0, end), text.substring(end + 1));
        }
    }
}
