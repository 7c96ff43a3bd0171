package io.pramd.daemon.settings;

import java.util.Locale;
import java.util.function.Function;

/**
 * Immutable. What may be set, under one name: as a key of the configuration file, as a variable,
 * and as an option of the same name.
 *
 * @param name of the key: the option without its dashes
 * @param kind how many words it takes, and how the file writes them
 * @param convert makes a value of one word; throws an {@link IllegalArgumentException} with a text
 *     for the user
 */
public record Key(String name, Kind kind, Function<String, Object> convert) {
    private static final String PREFIX = "PRAMD_";

    /** Immutable. How values are written. */
    public enum Kind {
        /** {@code key = "text"}. */
        TEXT,
        /** {@code key = "8G"} or {@code key = 4096}. */
        QUANTITY,
        /** {@code key = true}. */
        FLAG,
        /** {@code key = ["text", "text"]}; apart by blanks in a variable. */
        LIST
    }

    /** Whether a variable is one of this program's. */
    static boolean isOurs(String variable) {
        return variable.startsWith(PREFIX);
    }

    /** Such as {@code PRAMD_SAVING_MAX}. */
    public String variable() {
        return PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** Whether somebody who wrote this may have meant this key. */
    boolean isMeantBy(String written) {
        return plain(written).equals(plain(name));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }
}
