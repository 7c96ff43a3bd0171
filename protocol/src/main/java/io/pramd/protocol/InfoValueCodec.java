package io.pramd.protocol;

/** Immutable: info values on the wire: the number of their kind as u8, then the value. */
final class InfoValueCodec {
    private static final int COUNT = 1;
    private static final int FLAG = 2;
    private static final int TEXT = 3;
    private static final int TEXTS = 4;

    private InfoValueCodec() {}

    static void write(InfoValue value, PayloadWriter out) {
        if (value instanceof InfoValue.Count count) {
            out.u8("kind", COUNT).u64("value", count.value());
        } else if (value instanceof InfoValue.Flag flag) {
            out.u8("kind", FLAG).u8("value", flag.value() ? 1 : 0);
        } else if (value instanceof InfoValue.Text text) {
            out.u8("kind", TEXT).str("value", text.value());
        } else if (value instanceof InfoValue.Texts texts) {
            out.u8("kind", TEXTS).u16("count", texts.values().size());
            out.strs("value", texts.values());
        }
    }

    static InfoValue read(PayloadReader in) {
        int kind = in.u8("kind");
        return switch (kind) {
            case COUNT -> InfoValue.of(in.u64("value"));
            case FLAG -> InfoValue.of(in.bool("value"));
            case TEXT -> InfoValue.of(in.str("value", WireLimits.MESSAGE_BYTES_MAX));
            case TEXTS -> InfoValue.of(in.strs("value", in.u16("count")));
            default -> throw in.refuse("kind of value is not in use: kind=" + kind);
        };
    }
}
