package io.pramd.client.cli;

/**
 * Immutable: makes text from elsewhere safe for a terminal: on one line, without control
 * characters.
 */
final class Printable {
    private Printable() {}

    static String of(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        c -> {
                            if (Character.isISOControl(c)) {
                                safe.append(String.format("\\u%04x", c));
                            } else {
                                safe.appendCodePoint(c);
                            }
                        });
        return safe.toString();
    }
}
