package io.pramd.client.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Immutable. Reads a number of bytes as people write it: {@code 4096}, {@code 8G}, {@code 1.5 MiB};
 * always powers of 1024.
 */
final class SizeConverter implements ITypeConverter<Long> {
    private static final Pattern TEXT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGT]?)(?:I?B)?");
    private static final String UNITS = "KMGT";
    private static final int UNIT_SHIFT = 10;

    @Override
    public Long convert(String text) {
        Matcher matcher = TEXT.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw refused(text);
        }
        int unit = matcher.group(2).isEmpty() ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
        BigDecimal factor = new BigDecimal(1L << (UNIT_SHIFT * unit));
        try {
            return new BigDecimal(matcher.group(1))
                    .multiply(factor)
                    .toBigInteger()
                    .longValueExact();
        } catch (ArithmeticException e) {
            throw new TypeConversionException(
                    "'" + text + "' is too large a size: max=" + Long.MAX_VALUE);
        }
    }

    private static TypeConversionException refused(String text) {
        return new TypeConversionException(
                "'" + text + "' is not a size: expected for example 4096, 512M, 8G or 1.5 GiB");
    }
}
