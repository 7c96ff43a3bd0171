package io.pramd.daemon.settings;

import java.util.List;

/**
 * Immutable. A key that is set.
 *
 * @param words as they were written; one, except for a list
 * @param values the same, converted
 * @param origin where it is set
 */
public record Setting(List<String> words, List<Object> values, Origin origin) {
    public Setting {
        words = List.copyOf(words);
        values = List.copyOf(values);
    }
}
