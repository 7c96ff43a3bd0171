package io.pramd.daemon.admin;

/** Immutable: texts of strangers, as one short line. */
final class Printable {
    private static final int CHARS_MAX = 100;

    private Printable() {}

    static String of(String text) {
        String start = text.length() > CHARS_MAX ? text.substring(0, CHARS_MAX) + "..." : text;
        return start.replaceAll("\\p{C}|\\p{Zl}|\\p{Zp}", "?");
    }
}
