package io.pramd.daemon.settings;

import io.pramd.daemon.memory.Printable;
import io.pramd.daemon.memory.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Immutable. What a file and the environment say; a variable takes a key from the file. All of both
 * is checked, also what another place sets otherwise.
 *
 * @param file the one that was read; empty: none
 * @param byKey what is set, and right, by the name of its key
 * @param problems what is wrong, each with its place; nothing must be used when there is one
 * @param warnings what is hardly meant
 */
public record Settings(
        Optional<Path> file,
        Map<String, Setting> byKey,
        List<String> problems,
        List<String> warnings) {
    private static final String WHAT = "configuration file";
    private static final int BYTES_MAX = 1 << 20;

    public Settings {
        byKey = Map.copyOf(byKey);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads them.
     *
     * @param named the file that an option names; empty: none does
     * @throws StoreException ENOENT, EACCES or EIO when the file cannot be read; EINVAL when it is
     *     no text
     */
    public static Settings read(List<Key> keys, Sources sources, Optional<Path> named) {
        Map<String, Setting> byKey = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        Optional<Path> file = sources.file(named);
        file.ifPresent(
                path -> {
                    Problems ofFile = new Problems(path, WHAT);
                    warnings.addAll(warningsOf(path));
                    byKey.putAll(fileSettings(keys, path, ofFile));
                    problems.addAll(ofFile.lines());
                });
        for (Key key : keys) {
            sources.variable(key.variable())
                    .flatMap(text -> variableSetting(key, text, problems))
                    .ifPresent(setting -> byKey.put(key.name(), setting));
        }
        warnings.addAll(unknownVariables(keys, sources));
        return new Settings(file, byKey, problems, warnings);
    }

    private static List<String> warningsOf(Path file) {
        boolean isForAll =
                Files.isRegularFile(file)
                        && TextFile.permissions(file, WHAT)
                                .contains(PosixFilePermission.OTHERS_WRITE);
        return isForAll
                ? List.of("anybody could change the " + WHAT + ": file=" + file + " mend=chmod o-w")
                : List.of();
    }

    private static Map<String, Setting> fileSettings(List<Key> keys, Path file, Problems problems) {
        String text = TextFile.read(file, BYTES_MAX, WHAT);
        if (text.isBlank()) {
            return Map.of(); // nothing needs a parser
        }
        Section section = TomlFile.parse(file, text, WHAT, problems);
        Map<String, Setting> byKey = new LinkedHashMap<>();
        if (problems.count() > 0) {
            return byKey; // what the parser has made of the rest may be anything
        }
        Map<String, Key> known = new LinkedHashMap<>();
        keys.forEach(key -> known.put(key.name(), key));
        for (String name : section.keys()) {
            Key key = known.get(name);
            if (key == null) {
                problems.add(section.line(name), unknown(section.path(name), name, keys));
            } else {
                fileSetting(key, section, file, problems)
                        .ifPresent(setting -> byKey.put(name, setting));
            }
        }
        return byKey;
    }

    private static String unknown(String path, String name, List<Key> keys) {
        String meant =
                keys.stream()
                        .filter(key -> key.isMeantBy(name))
                        .findFirst()
                        .map(key -> " expected=" + key.name())
                        .orElse("");
        return "unknown key: key=" + path + meant;
    }

    private static Optional<Setting> fileSetting(
            Key key, Section section, Path file, Problems problems) {
        int before = problems.count();
        List<Section.Located<String>> found = section.words(key.name(), key.kind());
        List<String> words = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        for (Section.Located<String> word : found) {
            words.add(word.value());
            try {
                values.add(value(key, word.value()));
            } catch (IllegalArgumentException e) {
                problems.add(word.line(), wrong(key, e));
            }
        }
        if (words.isEmpty() && problems.count() == before) {
            problems.add(section.line(key.name()), "an empty list: key=" + key.name());
        }
        return problems.count() > before
                ? Optional.empty()
                : Optional.of(
                        new Setting(words, values, Origin.file(file, section.line(key.name()))));
    }

    private static Optional<Setting> variableSetting(Key key, String text, List<String> problems) {
        Origin origin = Origin.variable(key.variable());
        List<String> words =
                key.kind() == Key.Kind.LIST ? List.of(text.strip().split("\\s+")) : List.of(text);
        try {
            List<Object> values = words.stream().map(word -> value(key, word)).toList();
            return Optional.of(new Setting(words, values, origin));
        } catch (IllegalArgumentException e) {
            problems.add(origin + ": " + wrong(key, e));
            return Optional.empty();
        }
    }

    private static Object value(Key key, String word) {
        if (word.isBlank()) {
            throw new IllegalArgumentException("it is empty");
        }
        return key.convert().apply(word);
    }

    private static String wrong(Key key, IllegalArgumentException e) {
        return "wrong value: key="
                + key.name()
                + " cause="
                + Printable.of(String.valueOf(e.getMessage()));
    }

    private static List<String> unknownVariables(List<Key> keys, Sources sources) {
        List<String> known = keys.stream().map(Key::variable).toList();
        return new TreeMap<>(sources.environment())
                .keySet().stream()
                        .filter(Key::isOurs)
                        .filter(name -> !known.contains(name) && !Sources.isOther(name))
                        .map(name -> "unknown variable: variable=" + Printable.of(name))
                        .toList();
    }
}
