package io.pramd.client.cli;

/**
 * Immutable: a line of {@code pram top}.
 *
 * @param tone how it is to look
 * @param text without control characters; as long as it is
 */
record TopLine(Tone tone, String text) {

    /** Immutable: what a line is for. */
    enum Tone {
        PLAIN,
        TITLE,
        HEADING,
        WARNING
    }

    TopLine {
        text = Printable.of(text);
    }

    static TopLine plain(String text) {
        return new TopLine(Tone.PLAIN, text);
    }

    static TopLine title(String text) {
        return new TopLine(Tone.TITLE, text);
    }

    static TopLine heading(String text) {
        return new TopLine(Tone.HEADING, text);
    }

    static TopLine warning(String text) {
        return new TopLine(Tone.WARNING, text);
    }
}
