package io.pramd.daemon.access;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Immutable. What a principal may do with a name. */
public enum Verb {
    SAVE,
    LOAD,
    PEEK,
    LIST,
    REMOVE,
    ADMIN;

    private static final String ALL = "all";

    /** The words of the rules file. */
    static final String WORDS =
            Arrays.stream(values()).map(Verb::word).collect(Collectors.joining(", ", "", ", all"));

    /** As the rules file and messages have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The verbs that a word of the rules file means; empty for none of its words. */
    static Optional<Set<Verb>> ofWord(String word) {
        if (word.equals(ALL)) {
            return Optional.of(EnumSet.allOf(Verb.class));
        }
        return Arrays.stream(values())
                .filter(verb -> verb.word().equals(word))
                .findFirst()
                .map(EnumSet::of);
    }
}
