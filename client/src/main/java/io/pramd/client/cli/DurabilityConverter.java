package io.pramd.client.cli;

import io.pramd.protocol.Durability;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
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

    /** Immutable: what it reads, for the completion in a shell. */
    static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("process", "interval", "power").iterator();
        }
    }
}
