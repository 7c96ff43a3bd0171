package io.pramd.daemon.settings;

import java.nio.file.Path;

/**
 * Immutable. Where a value comes from.
 *
 * @param place {@code FILE:LINE}, the name of the variable, the option; empty for a default
 */
public record Origin(Kind kind, String place) {
    /** It is set nowhere. */
    public static final Origin DEFAULT = new Origin(Kind.DEFAULT, "");

    /** Immutable. In rising order: who sets a value takes it from those before. */
    public enum Kind {
        DEFAULT,
        FILE,
        ENVIRONMENT,
        OPTION
    }

    static Origin file(Path file, int line) {
        return new Origin(Kind.FILE, file + ":" + line);
    }

    static Origin variable(String name) {
        return new Origin(Kind.ENVIRONMENT, name);
    }

    /** Such as {@code --drain}. */
    public static Origin option(String name) {
        return new Origin(Kind.OPTION, name);
    }

    /** For people. */
    @Override
    public String toString() {
        return kind == Kind.DEFAULT ? "default" : place;
    }
}
