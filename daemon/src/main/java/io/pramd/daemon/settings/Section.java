package io.pramd.daemon.settings;

import io.pramd.daemon.memory.Printable;
import io.pramd.daemon.memory.SizeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One owner. A table of a file in TOML. What has another type than the one asked for is noted as a
 * problem, and is then as if it were not there.
 */
public final class Section {
    private final TomlTable table;
    private final String name;
    private final int line;
    private final SourceLines lines;
    private final Problems problems;

    /** Immutable. A value of the file, and where it stands. */
    public record Located<T>(T value, int line) {}

    /** Immutable. The types that values may have, as messages call them. */
    private enum Type {
        FLAG("true or false", Boolean.class),
        NUMBER("an integer", Long.class),
        TEXT("a text in quotes", String.class),
        TABLE("a table", TomlTable.class),
        LIST("a list", TomlArray.class);

        private final String text;
        private final Class<?> javaType;

        Type(String text, Class<?> javaType) {
            this.text = text;
            this.javaType = javaType;
        }

        static String of(Object value) {
            for (Type type : values()) {
                if (type.javaType.isInstance(value)) {
                    return type.text;
                }
            }
            return value instanceof Double ? "a floating-point number" : "a date or time";
        }
    }

    private Section(TomlTable table, String name, int line, SourceLines lines, Problems problems) {
        this.table = table;
        this.name = name;
        this.line = line;
        this.lines = lines;
        this.problems = problems;
    }

    /** The whole file. */
    static Section ofFile(TomlTable file, SourceLines lines, Problems problems) {
        return new Section(file, "", 1, lines, problems);
    }

    private Section below(String key, Located<TomlTable> found) {
        return new Section(found.value(), path(key), found.line(), lines, problems);
    }

    public int line() {
        return line;
    }

    /** The keys, in the order of the file. */
    public Set<String> keys() {
        return table.keySet();
    }

    boolean has(String key) {
        return get(key) != null;
    }

    /** Notes everything that has none of these keys. */
    public void onlyKeys(String... known) {
        for (String key : keys()) {
            if (!List.of(known).contains(key)) {
                problems.add(
                        line(key),
                        "unknown key: key=" + path(key) + " expected=" + String.join(", ", known));
            }
        }
    }

    /** Notes that something must be there that is not. */
    public void require(String key) {
        if (!has(key)) {
            problems.add(line, "a key is missing: key=" + path(key));
        }
    }

    public boolean flag(String key) {
        return one(key, Type.FLAG, Boolean.class).map(Located::value).orElse(false);
    }

    public Optional<Section> section(String key) {
        return one(key, Type.TABLE, TomlTable.class).map(found -> below(key, found));
    }

    /** The tables of a list. */
    public List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        one(key, Type.LIST, TomlArray.class).map(Located::value).stream()
                .flatMap(list -> all(list, key, Type.TABLE, TomlTable.class).stream())
                .forEach(found -> sections.add(below(key, found)));
        return sections;
    }

    /** What the key says, as words: a list of one, except for {@link Key.Kind#LIST}. */
    List<Located<String>> words(String key, Key.Kind kind) {
        Object value = get(key);
        if (kind == Key.Kind.QUANTITY && (value instanceof Long || value instanceof Double)) {
            return List.of(new Located<>(value.toString(), line(key)));
        }
        return switch (kind) {
            case LIST -> texts(key);
            case FLAG -> words(one(key, Type.FLAG, Boolean.class));
            case QUANTITY, TEXT -> words(one(key, Type.TEXT, String.class));
        };
    }

    private static List<Located<String>> words(Optional<? extends Located<?>> found) {
        return found.stream()
                .map(at -> new Located<>(String.valueOf(at.value()), at.line()))
                .toList();
    }

    /** One text, or a list of them. */
    public List<Located<String>> texts(String key) {
        return oneOrAll(key, Type.TEXT, String.class);
    }

    /** One integer, or a list of them. */
    public List<Located<Long>> numbers(String key) {
        return oneOrAll(key, Type.NUMBER, Long.class);
    }

    /** An integer from 0. */
    public OptionalLong count(String key) {
        Optional<Located<Long>> found = one(key, Type.NUMBER, Long.class);
        return found.isEmpty() ? OptionalLong.empty() : notNegative(key, found.get());
    }

    /** A number of bytes: an integer from 0, or a text such as 8G. */
    public OptionalLong size(String key) {
        if (!(get(key) instanceof String)) {
            return count(key);
        }
        Located<String> found = one(key, Type.TEXT, String.class).orElseThrow();
        OptionalLong bytes = SizeText.bytes(found.value());
        if (bytes.isEmpty()) {
            if (SizeText.isTooLarge(found.value())) {
                wrong(found, "too large", key, "at most " + Long.MAX_VALUE);
            } else {
                wrong(found, "not a size", key, SizeText.EXPECTED);
            }
        }
        return bytes;
    }

    private OptionalLong notNegative(String key, Located<Long> found) {
        if (found.value() < 0) {
            wrong(found, "negative", key, "0 or more");
            return OptionalLong.empty();
        }
        return OptionalLong.of(found.value());
    }

    /** Notes that a value cannot be. */
    public void wrong(Located<?> found, String text, String key, String expected) {
        problems.add(
                found.line(),
                text
                        + ": key="
                        + path(key)
                        + " expected="
                        + expected
                        + " actual="
                        + Printable.of(String.valueOf(found.value())));
    }

    private <T> List<Located<T>> oneOrAll(String key, Type type, Class<T> javaType) {
        return get(key) instanceof TomlArray list
                ? all(list, key, type, javaType)
                : one(key, type, javaType).map(List::of).orElse(List.of());
    }

    private <T> Optional<Located<T>> one(String key, Type type, Class<T> javaType) {
        Object value = get(key);
        return value == null
                ? Optional.empty()
                : typed(value, line(key), key, type).map(at -> cast(at, javaType));
    }

    private <T> List<Located<T>> all(TomlArray list, String key, Type type, Class<T> javaType) {
        List<Located<T>> all = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            typed(list.get(i), lines.lineOfNext(list.inputPositionOf(i)), key, type)
                    .ifPresent(at -> all.add(cast(at, javaType)));
        }
        return all;
    }

    private Optional<Located<Object>> typed(Object value, int at, String key, Type type) {
        if (type.javaType.isInstance(value)) {
            return Optional.of(new Located<>(value, at));
        }
        problems.add(
                at,
                "wrong type: key="
                        + path(key)
                        + " expected="
                        + type.text
                        + " actual="
                        + Type.of(value));
        return Optional.empty();
    }

    private static <T> Located<T> cast(Located<Object> found, Class<T> javaType) {
        return new Located<>(javaType.cast(found.value()), found.line());
    }

    // by a list of one, since a text would be taken for a path with dots
    private Object get(String key) {
        return table.get(List.of(key));
    }

    public int line(String key) {
        TomlPosition position = table.inputPositionOf(List.of(key));
        return position == null ? line : position.line();
    }

    String path(String key) {
        String printable = Printable.of(key);
        return name.isEmpty() ? printable : name + "." + printable;
    }
}
