package io.pramd.client.cli;

import io.pramd.protocol.Durability;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Immutable. Reads the name of a durability level. */
final class DurabilityConverter implements ITypeConverter<Durability> {
    @Override
    public Durability convert(String value) {
        return Arrays.stream(Durability.values())
                .filter(level -> level != Durability.DAEMON_DEFAULT)
                .filter(level -> level.name().toLowerCase(Locale.ROOT).equals(value))
                .findFirst()
                .orElseThrow(
                        () ->
                                new TypeConversionException(
                                        "'" + value + "' is none of process, interval, power"));
    }
}
