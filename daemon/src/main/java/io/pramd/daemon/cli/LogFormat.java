package io.pramd.daemon.cli;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * Thread-safe. How lines of the log are written. It must be known before the first one is, which
 * may come before the options are read: so it is looked for among the arguments, and nothing else.
 */
enum LogFormat {
    /** For who reads. */
    HUMAN,
    /** An object a line, for what gathers logs. */
    JSON;

    static final String OPTION = "--log-format";

    private static volatile LogFormat inForce = HUMAN;

    static LogFormat inForce() {
        return inForce;
    }

    /** Goes by the option where it stands; what is wrong with it is said by who reads all. */
    static void takeFrom(String... arguments) {
        Iterator<String> words = List.of(arguments).iterator();
        while (words.hasNext()) {
            String word = words.next();
            if (word.equals("--")) {
                return; // behind it there are no options
            }
            if (word.equals(OPTION) && words.hasNext()) {
                take(words.next());
            } else if (word.startsWith(OPTION + "=")) {
                take(word.substring(OPTION.length() + 1));
            }
        }
    }

    private static void take(String word) {
        Arrays.stream(values())
                .filter(format -> format.word().equals(word))
                .forEach(format -> inForce = format);
    }

    static boolean isKnown(String word) {
        return Arrays.stream(values()).anyMatch(format -> format.word().equals(word));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Immutable: the formats, for the completion in a shell. */
    static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(values()).map(LogFormat::word).iterator();
        }
    }
}
