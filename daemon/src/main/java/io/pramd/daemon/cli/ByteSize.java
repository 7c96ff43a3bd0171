package io.pramd.daemon.cli;

import io.pramd.daemon.memory.SizeText;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Immutable. A number of bytes as people write it: {@code 4096}, {@code 8G}, {@code 1.5 MiB};
 * always powers of 1024.
 */
record ByteSize(long bytes) {
    private static final String UNITS = "KMGT";

    /** Reads a size for picocli. */
    static final class Converter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String text) {
            return parse(text);
        }
    }

    /**
     * Reads a number of bytes a second for picocli, as {@code 50M/s} or without the unit; {@code
     * never} is zero.
     */
    static final class RateConverter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String text) {
            if (text.strip().equals("never")) {
                return new ByteSize(0);
            }
            ByteSize rate = parse(text.strip().replaceFirst("/[sS]$", ""));
            if (rate.bytes() <= 0) {
                throw new TypeConversionException(
                        "'" + text + "' is not a rate: expected for example 50M/s, or never");
            }
            return rate;
        }
    }

    /**
     * Reads a size.
     *
     * @throws TypeConversionException with a text for the user
     */
    static ByteSize parse(String text) {
        return new ByteSize(SizeText.bytes(text).orElseThrow(() -> refused(text)));
    }

    private static TypeConversionException refused(String text) {
        if (SizeText.isTooLarge(text)) {
            return new TypeConversionException(
                    "'" + text + "' is too large a size: max=" + Long.MAX_VALUE);
        }
        return new TypeConversionException(
                "'" + text + "' is not a size: expected for example " + SizeText.EXPECTED);
    }

    @Override
    public String toString() {
        int unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < UNITS.length()) {
            value /= 1024;
            unit++;
        }
        if (unit == 0) {
            return bytes + " B";
        }
        String number =
                value == Math.rint(value)
                        ? String.valueOf((long) value)
                        : String.format(Locale.ROOT, "%.1f", value);
        return number + " " + UNITS.charAt(unit - 1) + "iB";
    }
}
