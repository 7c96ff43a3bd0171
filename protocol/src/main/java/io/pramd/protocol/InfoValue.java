package io.pramd.protocol;

import java.util.List;

/** Immutable: one value of an INFO_IS. */
public sealed interface InfoValue {
    static InfoValue of(long value) {
        return new Count(value);
    }

    static InfoValue of(boolean value) {
        return new Flag(value);
    }

    static InfoValue of(String value) {
        return new Text(value);
    }

    static InfoValue of(List<String> values) {
        return new Texts(values);
    }

    /** Immutable: a u64. */
    record Count(long value) implements InfoValue {}

    /** Immutable: true or false. */
    record Flag(boolean value) implements InfoValue {}

    /** Immutable: a text. */
    record Text(String value) implements InfoValue {}

    /** Immutable: a list of at most 65,535 texts. */
    record Texts(List<String> values) implements InfoValue {
        public Texts {
            values = List.copyOf(values);
        }
    }
}
