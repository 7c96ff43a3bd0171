package io.pramd.client.cli;

import io.pramd.client.PramTls;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Immutable. Reads a version of TLS: {@code 1.2} or {@code 1.3}. */
final class TlsVersionConverter implements ITypeConverter<PramTls.Version> {
    @Override
    public PramTls.Version convert(String text) {
        return switch (text) {
            case "1.2" -> PramTls.Version.TLS_1_2;
            case "1.3" -> PramTls.Version.TLS_1_3;
            default ->
                    throw new TypeConversionException(
                            "'" + text + "' is no version of TLS: expected 1.2 or 1.3");
        };
    }

    /** Immutable: what it reads, for the completion in a shell. */
    static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("1.3", "1.2").iterator();
        }
    }
}
