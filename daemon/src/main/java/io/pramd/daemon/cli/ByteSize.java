package io.pramd.daemon.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Immutable. A number of bytes as people write it: {@code 4096}, {@code 8G}, {@code 1.5 MiB};
 * always powers of 1024.
 */
record ByteSize(long bytes) {
    private static final Pattern TEXT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGT]?)(?:i?B)?");
    private static final String UNITS = "KMGT";
    private static final int UNIT_SHIFT = 10;

    /** Reads a size for picocli. */
    static final class Converter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String text) {
            return parse(text);
        }
    }

    /** Reads a number of bytes a second for picocli, as {@code 50M/s} or without the unit. */
    static final class RateConverter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String text) {
            ByteSize rate = parse(text.strip().replaceFirst("/[sS]$", ""));
            if (rate.bytes() <= 0) {
                throw new TypeConversionException(
                        "'" + text + "' is not a rate: expected for example 50M/s");
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
        Matcher matcher = TEXT.matcher(text.strip().toUpperCase(Locale.ROOT).replace("IB", "B"));
        if (!matcher.matches()) {
            throw refused(text);
        }
        int unit = matcher.group(2).isEmpty() ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
        BigDecimal factor = new BigDecimal(1L << (UNIT_SHIFT * unit));
        try {
            return new ByteSize(
                    new BigDecimal(matcher.group(1))
                            .multiply(factor)
                            .toBigInteger()
                            .longValueExact());
        } catch (ArithmeticException e) {
            throw refused(text);
        }
    }

    private static TypeConversionException refused(String text) {
        return new TypeConversionException(
                "'" + text + "' is not a size: expected for example 4096, 512M, 8G or 1.5 GiB");
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
