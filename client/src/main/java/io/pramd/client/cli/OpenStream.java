package io.pramd.client.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Immutable: a stream that is open, as a line of {@code streams.list} says it.
 *
 * @param kind save, load or peek
 * @param connection its number in the daemon
 * @param pages moved so far
 * @param pagesTotal 0 if not known
 * @param openMillis for how long
 * @param principal whose it is; - for nobody
 * @param name of the node
 * @param bytesPerSecond lately, else since it was opened
 */
record OpenStream(
        String kind,
        long connection,
        long pages,
        long pagesTotal,
        long openMillis,
        String principal,
        String name,
        double bytesPerSecond) {
    static final int PAGE_BYTES = 4096;

    private static final Pattern LINE =
            Pattern.compile(
                    "(\\w+) connection=(\\d{1,18}) pages=(\\d{1,15}) of=(\\d{1,15})"
                            + " millis=(\\d{1,15}) principal=(.*?) name=(.*)",
                    Pattern.DOTALL);
    private static final double MILLIS_PER_SECOND = 1000;

    /** Null where the line is none that is understood. */
    static OpenStream parse(String line) {
        Matcher words = LINE.matcher(line);
        if (!words.matches()) {
            return null;
        }
        long pages = Long.parseLong(words.group(3));
        long millis = Long.parseLong(words.group(5));
        return new OpenStream(
                words.group(1),
                Long.parseLong(words.group(2)),
                pages,
                Long.parseLong(words.group(4)),
                millis,
                words.group(6),
                words.group(7),
                millis == 0 ? Double.NaN : pages * PAGE_BYTES * MILLIS_PER_SECOND / millis);
    }

    /** What stays the same while it is open; others may share it. */
    String identity() {
        return connection + " " + kind + " " + name;
    }

    /** The same stream, with its rate since it was seen before. */
    OpenStream since(OpenStream earlier) {
        long millis = openMillis - earlier.openMillis;
        if (millis <= 0 || pages < earlier.pages) {
            return this; // another of that name
        }
        double rate = (pages - earlier.pages) * PAGE_BYTES * MILLIS_PER_SECOND / millis;
        return new OpenStream(
                kind, connection, pages, pagesTotal, openMillis, principal, name, rate);
    }
}
