package io.pramd.daemon.cli;

import io.pramd.daemon.admin.AdminAddress;
import io.pramd.daemon.server.ListenAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Immutable. Reads where a daemon is to listen. */
final class Addresses {
    private Addresses() {}

    /** Immutable. For clients. */
    static final class Listen implements ITypeConverter<ListenAddress> {
        @Override
        public ListenAddress convert(String text) {
            try {
                return ListenAddress.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Immutable. For administrators. */
    static final class Admin implements ITypeConverter<AdminAddress> {
        @Override
        public AdminAddress convert(String text) {
            try {
                return AdminAddress.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
