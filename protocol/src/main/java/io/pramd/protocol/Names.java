package io.pramd.protocol;

import io.netty.buffer.ByteBufUtil;
import java.util.Map;
import java.util.Optional;

/** Immutable: the rules for names and user metadata, in one place for both sides. */
public final class Names {
    private static final String RESERVED_KEY_PREFIX = "pram.";

    private Names() {}

    /** What is wrong with a node's name; empty when it may be used. */
    public static Optional<Violation> nameViolation(String name) {
        if (name.isEmpty()) {
            return invalid("name is empty");
        }
        return textViolation("name", name, WireLimits.NAME_BYTES_MAX);
    }

    /** What is wrong with a prefix of names; empty when it may be used. The empty prefix may. */
    public static Optional<Violation> prefixViolation(String prefix) {
        return textViolation("prefix", prefix, WireLimits.NAME_BYTES_MAX);
    }

    /** What is wrong with user metadata; empty when it may be used. */
    public static Optional<Violation> metaViolation(Map<String, String> meta) {
        int bytes = 0;
        for (Map.Entry<String, String> pair : meta.entrySet()) {
            String key = pair.getKey();
            if (key.isEmpty() || ByteBufUtil.utf8Bytes(key) > WireLimits.META_KEY_BYTES_MAX) {
                return invalid("metadata key has no or over 255 bytes: key=" + key);
            }
            if (key.startsWith(RESERVED_KEY_PREFIX)) {
                return invalid("metadata keys from \"pram.\" on are reserved: key=" + key);
            }
            if (isUnpaired(key) || isUnpaired(pair.getValue())) {
                return invalid("metadata is not valid UTF-16: key=" + key);
            }
            bytes += pairBytes(key, pair.getValue());
            if (bytes > WireLimits.META_BYTES_MAX) {
                return invalid(
                        "metadata is larger than "
                                + WireLimits.META_BYTES_MAX
                                + " bytes: key="
                                + key);
            }
        }
        return Optional.empty();
    }

    private static int pairBytes(String key, String value) {
        return WireLimits.META_PAIR_OVERHEAD_BYTES
                + ByteBufUtil.utf8Bytes(key)
                + ByteBufUtil.utf8Bytes(value);
    }

    private static Optional<Violation> textViolation(String what, String text, int bytesMax) {
        if (isUnpaired(text)) {
            return invalid(what + " is not valid UTF-16");
        }
        if (hasControl(text)) {
            return invalid(what + " has a NUL or control character");
        }
        int bytes = ByteBufUtil.utf8Bytes(text);
        if (bytes > bytesMax) {
            return Optional.of(
                    new Violation(
                            Errno.ENAMETOOLONG,
                            what + " is too long: bytes=" + bytes + " max=" + bytesMax));
        }
        return Optional.empty();
    }

    /** A surrogate without its twin cannot be written as UTF-8. */
    private static boolean isUnpaired(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isPair =
                    i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
            if (isPair) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a NUL or a control character is in it. */
    private static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static Optional<Violation> invalid(String text) {
        return Optional.of(new Violation(Errno.EINVAL, text));
    }
}
