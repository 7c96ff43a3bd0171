package io.pramd.daemon.life;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Immutable. The name and version that the build wrote into {@code version.txt}. */
public final class Release {
    private Release() {}

    /** Such as {@code 1.2.3}. */
    public static String version() {
        String both = nameAndVersion();
        return both.substring(both.lastIndexOf(' ') + 1);
    }

    /** Such as {@code pramd 1.2.3}. */
    public static String nameAndVersion() {
        try (InputStream text = Release.class.getResourceAsStream("version.txt")) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
