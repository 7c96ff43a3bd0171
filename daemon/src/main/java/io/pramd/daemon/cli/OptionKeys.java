package io.pramd.daemon.cli;

import io.pramd.daemon.settings.Key;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** Immutable. The options of {@code pramd serve} as keys: each may stand in a file, too. */
final class OptionKeys {
    static final String CONFIG = "--config";

    /** They are about this one call. */
    private static final Set<String> NO_KEYS = Set.of(CONFIG, "--help", "--version");

    private static final Pattern DEFAULT = Pattern.compile("(?s)Default: (.+)$");

    private OptionKeys() {}

    /** The options that have a key, in the order in which the command has them. */
    static List<OptionSpec> options(CommandSpec serve) {
        return serve.options().stream()
                .filter(option -> !NO_KEYS.contains(option.longestName()))
                .toList();
    }

    static List<Key> keys(CommandSpec serve) {
        return options(serve).stream().map(OptionKeys::key).toList();
    }

    static Key key(OptionSpec option) {
        return new Key(name(option), kind(option), word -> convert(option, word));
    }

    /** The key of an option: the same without dashes before it. */
    static String name(OptionSpec option) {
        return option.longestName().substring("--".length());
    }

    private static Key.Kind kind(OptionSpec option) {
        if (option.isMultiValue()) {
            return Key.Kind.LIST;
        }
        if (isFlag(option)) {
            return Key.Kind.FLAG;
        }
        return option.converters().length > 0 ? Key.Kind.QUANTITY : Key.Kind.TEXT;
    }

    private static boolean isFlag(OptionSpec option) {
        return option.arity().max() == 0;
    }

    /** By the option's own converter, as a word of the command line is. */
    private static Object convert(OptionSpec option, String word) {
        try {
            if (option.converters().length > 0) {
                return option.converters()[0].convert(word);
            }
            if (isFlag(option)) {
                return Choice.flag(word);
            }
            return option.type() == Path.class ? Path.of(word) : word;
        } catch (TypeConversionException | InvalidPathException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (Exception e) {
            throw new IllegalStateException("a converter fails: option=" + name(option), e);
        }
    }

    /** What is so where nobody says anything, as the option's description has it. */
    static Optional<String> defaultText(OptionSpec option) {
        if (isFlag(option)) {
            return Optional.of("false");
        }
        Matcher matcher = DEFAULT.matcher(String.join(" ", option.description()));
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Gives the option what a word or words of another place say. */
    static void set(OptionSpec option, List<Object> values) {
        if (option.isMultiValue()) {
            option.setValue(List.copyOf(values));
        } else {
            option.setValue(values.getFirst());
        }
    }
}
