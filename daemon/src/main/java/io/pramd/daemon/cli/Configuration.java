package io.pramd.daemon.cli;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.settings.Origin;
import io.pramd.daemon.settings.Setting;
import io.pramd.daemon.settings.Settings;
import io.pramd.daemon.settings.Sources;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * One owner. What the options of {@code pramd serve} come to: those that the command line has not,
 * a variable may have, and else the file.
 */
final class Configuration {
    private final CommandSpec serve;
    private final Settings settings;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * Immutable. One key.
     *
     * @param words as they were written; none for a default
     */
    record Entry(List<String> words, Origin origin) {
        Entry {
            words = List.copyOf(words);
        }

        boolean isSet() {
            return !words.isEmpty();
        }
    }

    private Configuration(CommandSpec serve, Settings settings) {
        this.serve = serve;
        this.settings = settings;
    }

    /**
     * Reads file and variables, and gives their values to the options that the command line does
     * not set. Problems are not thrown: {@link #requireGood()} does.
     *
     * @param serve a command that has parsed its arguments
     * @param file that an option names; empty: none does
     * @throws StoreException when the file cannot be read
     */
    static Configuration apply(CommandLine serve, Optional<Path> file, Sources sources) {
        CommandSpec spec = serve.getCommandSpec();
        Settings settings = Settings.read(OptionKeys.keys(spec), sources, file);
        Configuration configuration = new Configuration(spec, settings);
        ParseResult parsed = serve.getParseResult();
        for (OptionSpec option : OptionKeys.options(spec)) {
            Entry given = null;
            if (parsed.hasMatchedOption(option)) {
                given = new Entry(words(option), Origin.option(option.longestName()));
            }
            configuration.apply(option, given);
        }
        return configuration;
    }

    private static List<String> words(OptionSpec option) {
        boolean isFlag = option.getValue() instanceof Boolean && option.converters().length == 0;
        return isFlag ? List.of(option.getValue().toString()) : option.originalStringValues();
    }

    private void apply(OptionSpec option, Entry given) {
        String name = OptionKeys.name(option);
        Setting setting = settings.byKey().get(name);
        if (given != null) {
            entries.put(name, given);
        } else if (setting != null) {
            OptionKeys.set(option, setting.values());
            entries.put(name, new Entry(setting.words(), setting.origin()));
        } else {
            entries.put(name, new Entry(List.of(), Origin.DEFAULT));
        }
    }

    /**
     * The same command line over what file and variables say now.
     *
     * @param fresh a command that has parsed nothing
     * @throws StoreException when the file cannot be read, or there is none any more
     */
    Configuration again(CommandSpec fresh, Optional<Path> file, Sources sources) {
        Settings now = Settings.read(OptionKeys.keys(fresh), sources, file);
        if (settings.file().isPresent() && now.file().isEmpty()) {
            throw StoreException.of( // perhaps it is just being replaced: defaults are not meant
                    Errno.ENOENT,
                    "the configuration file is gone, a restart goes without: file="
                            + settings.file().get());
        }
        Configuration configuration = new Configuration(fresh, now);
        for (OptionSpec option : OptionKeys.options(fresh)) {
            Entry entry = entries.get(OptionKeys.name(option));
            boolean isGiven = entry.origin().kind() == Origin.Kind.OPTION;
            if (isGiven) {
                option.setValue(serve.findOption(option.longestName()).getValue());
            }
            configuration.apply(option, isGiven ? entry : null);
        }
        return configuration;
    }

    /**
     * @throws ParameterException with all that is wrong with file and variables
     */
    void requireGood() {
        if (!settings.problems().isEmpty()) {
            throw new ParameterException(
                    serve.commandLine(), String.join("; ", settings.problems()));
        }
    }

    /** The same fault of usage, which also says where the options come from that it is about. */
    ParameterException located(ParameterException fault) {
        String places =
                places(
                        entries.keySet().stream()
                                .filter(key -> isAbout(fault, "--" + key))
                                .toList());
        return places.isEmpty()
                ? fault
                : new ParameterException(
                        fault.getCommandLine(), fault.getMessage() + places, fault);
    }

    /** Where these options come from, to follow a text about them; empty for the command line. */
    String places(List<String> keys) {
        String places =
                keys.stream()
                        .filter(key -> isElsewhere(entries.get(key).origin()))
                        .map(key -> "--" + key + " of " + entries.get(key).origin())
                        .collect(Collectors.joining(", "));
        return places.isEmpty() ? "" : " (" + places + ")";
    }

    private static boolean isAbout(ParameterException fault, String option) {
        return fault.getArgSpec() instanceof OptionSpec known && known.longestName().equals(option)
                || List.of(fault.getMessage().split("[^a-z0-9-]+")).contains(option);
    }

    private static boolean isElsewhere(Origin origin) {
        return origin.kind() == Origin.Kind.FILE || origin.kind() == Origin.Kind.ENVIRONMENT;
    }

    /** The options that have keys, with the values that are in force. */
    List<OptionSpec> options() {
        return OptionKeys.options(serve);
    }

    Settings settings() {
        return settings;
    }

    /** What is so, by the name of the key, in the order of the options. */
    Map<String, Entry> entries() {
        return entries;
    }
}
