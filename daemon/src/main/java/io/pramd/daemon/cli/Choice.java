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

    /** Immutable. Durability levels. */
    static final class Levels implements Iterable<String>, ITypeConverter<Durability> {
        @Override
        public Iterator<String> iterator() {
            return words(Durability.class).iterator();
        }

        @Override
        public Durability convert(String text) {
            return of(Durability.class, text);
        }
    }

    /** Immutable. How the log is written. */
    static final class LogFormats implements Iterable<String>, ITypeConverter<LogFormat> {
        @Override
        public Iterator<String> iterator() {
            return words(LogFormat.class).iterator();
        }

        @Override
        public LogFormat convert(String text) {
            return of(LogFormat.class, text);
        }
    }

    /** Immutable. How much is logged. */
    static final class LogLevels implements Iterable<String>, ITypeConverter<LogLevel> {
        @Override
        public Iterator<String> iterator() {
            return words(LogLevel.class).iterator();
        }

        @Override
        public LogLevel convert(String text) {
            return of(LogLevel.class, text);
        }
    }

    /** Immutable. When clients must show a certificate. */
    static final class Whens implements Iterable<String>, ITypeConverter<String> {
        static final String OPTIONAL = "optional";

        private static final List<String> WORDS = List.of("required", OPTIONAL);

        @Override
        public Iterator<String> iterator() {
            return WORDS.iterator();
        }

        @Override
        public String convert(String text) {
            return WORDS.get(indexOf(text, WORDS));
        }
    }

    /** Immutable. The oldest TLS to speak. */
    static final class Versions implements Iterable<String>, ITypeConverter<String> {
        static final String TLS_12 = "1.2";

        private static final List<String> WORDS = List.of("1.3", TLS_12);

        @Override
        public Iterator<String> iterator() {
            return WORDS.iterator();
        }

        @Override
        public String convert(String text) {
            return WORDS.get(indexOf(text, WORDS));
        }
    }
}
