package io.pramd.client.cli;

import java.util.Locale;

/** Immutable: sizes as people write them. */
final class ByteSize {
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final int STEP = 1024;

    private ByteSize() {}

    /** For example {@code 4095 B}, {@code 1.5 MiB}, {@code 8.0 GiB}. */
    static String text(long bytes) {
        if (bytes < STEP) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= STEP && unit < UNITS.length - 1) {
            value /= STEP;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }
}
