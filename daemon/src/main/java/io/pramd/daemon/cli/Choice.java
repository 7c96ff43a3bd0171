package io.pramd.daemon.cli;

import io.pramd.daemon.layout.Durability;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Immutable. Options that take one of some words: their reading, and their completion. */
final class Choice {
    private static final List<String> FLAGS = List.of("true", "false");

    private Choice() {}

    /** The constant that has the word for its name. */
    static <E extends Enum<E>> E of(Class<E> type, String text) {
        E[] constants = type.getEnumConstants();
        return constants[indexOf(text, words(type))];
    }

    private static int indexOf(String text, List<String> words) {
        int index = words.indexOf(text);
        if (index < 0) {
            throw new TypeConversionException(
                    "'" + text + "' is none of " + String.join(", ", words));
        }
        return index;
    }

    static <E extends Enum<E>> List<String> words(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Choice::word).toList();
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Of a flag that is written out. */
    static boolean flag(String text) {
        return indexOf(text, FLAGS) == 0;
    }

    /** Immutable. What picocli asks of an option whose values are some words: a class for each. */
    private abstract static sealed class Words<T> implements Iterable<String>, ITypeConverter<T> {
        private final List<String> words;
        private final List<T> values;

        Words(List<String> words, List<T> values) {
            this.words = words;
            this.values = values;
        }

        @Override
        public final Iterator<String> iterator() {
            return words.iterator();
        }

        @Override
        public final T convert(String text) {
            return values.get(indexOf(text, words));
        }
    }

    /** Immutable. Of an option that is one of an enum. */
    private abstract static sealed class Constants<E extends Enum<E>> extends Words<E> {
        Constants(Class<E> type) {
            super(words(type), List.of(type.getEnumConstants()));
        }
    }

    /** Immutable. Durability levels. */
    static final class Levels extends Constants<Durability> {
        Levels() {
            super(Durability.class);
        }
    }

    /** Immutable. How the log is written. */
    static final class LogFormats extends Constants<LogFormat> {
        LogFormats() {
            super(LogFormat.class);
        }
    }

    /** Immutable. How much is logged. */
    static final class LogLevels extends Constants<LogLevel> {
        LogLevels() {
            super(LogLevel.class);
        }
    }

    /** Immutable. When clients must show a certificate. */
    static final class Whens extends Words<String> {
        static final String OPTIONAL = "optional";

        private static final List<String> WORDS = List.of("required", OPTIONAL);

        Whens() {
            super(WORDS, WORDS);
        }
    }

    /** Immutable. The oldest TLS to speak. */
    static final class Versions extends Words<String> {
        static final String TLS_12 = "1.2";

        private static final List<String> WORDS = List.of("1.3", TLS_12);

        Versions() {
            super(WORDS, WORDS);
        }
    }
}
