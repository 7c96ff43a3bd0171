package io.pramd.protocol;

import java.util.List;

/** Immutable: one value of an INFO_IS, with its kind. */
public sealed interface InfoValue {
    /** The kind's number on the wire. */
    int kind();

    /** Appends the value without its kind. */
    void write(PayloadWriter out);

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

    static InfoValue read(PayloadReader in) {
        int kind = in.u8("kind");
        return switch (kind) {
            case Count.KIND -> new Count(in.u64("value"));
            case Flag.KIND -> new Flag(in.bool("value"));
            case Text.KIND -> new Text(in.str("value", WireLimits.MESSAGE_BYTES_MAX));
            case Texts.KIND -> new Texts(in.strs("value", in.u16("count")));
            default -> throw in.refuse("kind of value is not in use: kind=" + kind);
        };
    }

    /** Immutable: a u64. */
    record Count(long value) implements InfoValue {
        static final int KIND = 1;

        @Override
        public int kind() {
            return KIND;
        }

        @Override
        public void write(PayloadWriter out) {
            out.u64("value", value);
        }
    }

    /** Immutable: true or false. */
    record Flag(boolean value) implements InfoValue {
        static final int KIND = 2;

        @Override
        public int kind() {
            return KIND;
        }

        @Override
        public void write(PayloadWriter out) {
            out.u8("value", value ? 1 : 0);
        }
    }

    /** Immutable: a text. */
    record Text(String value) implements InfoValue {
        static final int KIND = 3;

        @Override
        public int kind() {
            return KIND;
        }

        @Override
        public void write(PayloadWriter out) {
            out.str("value", value);
        }
    }

    /** Immutable: a list of at most 65,535 texts. */
    record Texts(List<String> values) implements InfoValue {
        static final int KIND = 4;

        public Texts {
            values = List.copyOf(values);
        }

        @Override
        public int kind() {
            return KIND;
        }

        @Override
        public void write(PayloadWriter out) {
            out.u16("count", values.size());
            out.strs("value", values);
        }
    }
}
