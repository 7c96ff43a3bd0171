package io.pramd.client.cli;

import io.pramd.protocol.NodeRecord;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Immutable: which nodes {@code pram top} shows first. */
enum TopSort {
    SIZE("largest first", Comparator.comparingLong(NodeRecord::length).reversed()),
    AGE("newest first", Comparator.comparingLong(NodeRecord::createdMillis).reversed()),
    NAME("by name", Comparator.comparing(NodeRecord::name));

    private final String text;
    private final Comparator<NodeRecord> order;

    TopSort(String text, Comparator<NodeRecord> order) {
        this.text = text;
        this.order = order.thenComparing(NodeRecord::name);
    }

    Comparator<NodeRecord> order() {
        return order;
    }

    /** The one that the key leads to. */
    TopSort next() {
        return values()[(ordinal() + 1) % values().length];
    }

    @Override
    public String toString() {
        return text;
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Immutable: the words that an option takes. */
    static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return words().iterator();
        }

        private static Stream<String> words() {
            return Arrays.stream(values()).map(TopSort::word);
        }
    }

    /** Immutable: reads one of them. */
    static final class Converter implements ITypeConverter<TopSort> {
        @Override
        public TopSort convert(String word) {
            return Arrays.stream(values())
                    .filter(sort -> sort.word().equals(word))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new TypeConversionException(
                                            "'" + word + "' is none of size, age, name"));
        }
    }
}
