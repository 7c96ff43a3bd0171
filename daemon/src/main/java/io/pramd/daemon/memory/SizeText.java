package io.pramd.daemon.memory;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Immutable. A number of bytes as people write it: {@code 4096}, {@code 8G}, {@code 1.5 MiB};
 * always powers of 1024.
 */
public final class SizeText {
    /** Examples, for whoever wrote something else. */
    public static final String EXPECTED = "4096, 512M, 8G or 1.5 GiB";

    private static final int CHARACTERS_MAX = 64;
    private static final Pattern TEXT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGT]?)(?:i?B)?");
    private static final String UNITS = "KMGT";
    private static final int UNIT_SHIFT = 10;

    private SizeText() {}

    /** Whether it is a size that is only too large to be counted in a long. */
    public static boolean isTooLarge(String text) {
        return bytes(text).isEmpty() && matcher(text).matches();
    }

    private static Matcher matcher(String text) {
        String first = text.substring(0, Math.min(text.length(), CHARACTERS_MAX));
        return TEXT.matcher(first.strip().toUpperCase(Locale.ROOT).replace("IB", "B"));
    }

    /** The number of bytes; empty for a text that is no size, or one over 2^63 - 1. */
    public static OptionalLong bytes(String text) {
        if (text.length() > CHARACTERS_MAX) {
            return OptionalLong.empty();
        }
        Matcher matcher = matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        int unit = matcher.group(2).isEmpty() ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
        BigDecimal factor = new BigDecimal(1L << (UNIT_SHIFT * unit));
        try {
            return OptionalLong.of(
                    new BigDecimal(matcher.group(1))
                            .multiply(factor)
                            .toBigInteger()
                            .longValueExact());
        } catch (ArithmeticException e) {
            return OptionalLong.empty();
        }
    }
}
