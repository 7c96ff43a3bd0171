package io.pramd.daemon.memory;

/** Immutable: texts from files and peers, as part of one line of a message or log. */
public final class Printable {
    private static final int CHARS_MAX = 200;
    private static final String UNPRINTABLE = "\\p{C}|\\p{Zl}|\\p{Zp}";

    private Printable() {}

    /** The beginning, where the text is long: nobody decides how long our lines are but we. */
    public static String of(String text) {
        boolean isLong = text.length() > CHARS_MAX;
        return isLong ? whole(text.substring(0, CHARS_MAX)) + "..." : whole(text);
    }

    /** All of a text that is known to be short. */
    public static String whole(String text) {
        return text.replaceAll(UNPRINTABLE, "?");
    }
}
