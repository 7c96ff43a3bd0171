package io.pramd.client.cli;

import io.pramd.client.PramTls;
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
}
