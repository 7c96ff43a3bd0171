package io.pramd.daemon.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Immutable. Reads a time as people write it: {@code 10s}, {@code 500ms}, {@code 2m}, {@code 1h},
 * {@code 7d}; a bare number is seconds.
 */
final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,18})\\s*(ms|s|m|h|d)?");

    /** Far less than a long has nanoseconds for. */
    private static final Duration MAX = Duration.ofDays(36_500);

    @Override
    public Duration convert(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is not a time: expected for example 500ms, 10s or 2m");
        }
        Duration unit = unit(matcher.group(2));
        long number = Long.parseLong(matcher.group(1));
        if (number > MAX.dividedBy(unit)) {
            throw new TypeConversionException(
                    "'" + text + "' is too long a time: max=" + MAX.toDays() + "d");
        }
        return unit.multipliedBy(number);
    }

    private static Duration unit(String name) {
        return switch (name) {
            case "ms" -> Duration.ofMillis(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            case "d" -> Duration.ofDays(1);
            case null, default -> Duration.ofSeconds(1);
        };
    }
}
