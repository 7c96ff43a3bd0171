package io.pramd.daemon.cli;

import java.util.Iterator;
import java.util.List;

/**
 * Thread-safe. How lines of the log are written. It must be known before the options are read,
 * which may be wrong: so it is looked for among the arguments, and nothing else.
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

    /** From the next line on. */
    void use() {
        inForce = this;
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
        if (Choice.words(LogFormat.class).contains(word)) {
            Choice.of(LogFormat.class, word).use();
        }
    }
}
