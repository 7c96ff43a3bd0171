package io.pramd.daemon.cli;

import io.pramd.daemon.life.WarmUp;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/** One owner. The {@code pramd} command: parses its arguments and hands them to one subcommand. */
@Command(
        name = "pramd",
        description =
                "Serves, formats, grows, shrinks, checks and prints memory files; issues tokens;"
                        + " shows and checks the configuration.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:a local error",
            "2:wrong usage",
            "10-24:refused, with the name of the error; docs/cli.md has the list"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  pramd serve --memory /var/lib/pramd/memory --size 8G",
            "  pramd fsck /var/lib/pramd/memory",
            "",
            "Environment:",
            "  PRAMD_OPTS               options of the JVM",
            "  PRAMD_CONFIG             the file that pramd serve reads options from",
            "  PRAMD_...                an option of pramd serve: see pramd config show",
            "  JAVA_HOME                a Java to run on, 25 or newer"
        })
public final class Pramd implements Runnable {
    private static final String SERVE = "serve";

    // with their names, since reading those from the classes delays everything else
    static final Map<String, Class<?>> SUBCOMMANDS = new LinkedHashMap<>();

    static {
        SUBCOMMANDS.put(SERVE, ServeCommand.class);
        SUBCOMMANDS.put("format", FormatCommand.class);
        SUBCOMMANDS.put("grow", GrowCommand.class);
        SUBCOMMANDS.put("shrink", ShrinkCommand.class);
        SUBCOMMANDS.put("fsck", FsckCommand.class);
        SUBCOMMANDS.put("dump", DumpCommand.class);
        SUBCOMMANDS.put("token", TokenCommand.class);
        SUBCOMMANDS.put("config", ConfigCommand.class);
    }

    @Spec private CommandSpec spec;

    private Pramd() {}

    public static void main(String[] args) {
        String first = args.length == 0 ? "" : args[0];
        if (first.equals(SERVE)) {
            LogFormat.takeFrom(args);
            WarmUp.begin();
        }
        System.exit(execute(newCommandLine(first), args));
    }

    private static int execute(CommandLine command, String... args) {
        String wrong =
                RawArguments.areDoubtful(args) ? RawArguments.ofProcess().firstWrong(args) : null;
        return wrong == null
                ? command.execute(args)
                : new Failures().handleParseException(new ParameterException(command, wrong), args);
    }

    /** The command with all its subcommands, for what is made of their options. */
    public static CommandLine describe() {
        return newCommandLine();
    }

    /** The command with its error handling, ready to run. */
    static CommandLine newCommandLine() {
        return newCommandLine("");
    }

    /**
     * With the one subcommand of that name, since reading the options of all takes longer; or all.
     */
    static CommandLine newCommandLine(String subcommand) {
        CommandLine command = new CommandLine(new Pramd());
        if (SUBCOMMANDS.containsKey(subcommand)) {
            command.addSubcommand(subcommand, SUBCOMMANDS.get(subcommand));
        } else {
            SUBCOMMANDS.forEach(command::addSubcommand);
        }
        Failures failures = new Failures();
        return command.setExpandAtFiles(false) // a path may begin with it
                .setOut(Stdout.ofProcess())
                .setExecutionStrategy(Pramd::run)
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures);
    }

    /**
     * A command that has not written all that it had to say has failed, whatever else it did. But
     * who read the first lines of a pipe and went has seen enough.
     */
    private static int run(ParseResult parsed) {
        CommandLine command = parsed.commandSpec().commandLine();
        try {
            int code = new RunLast().execute(parsed);
            Optional<String> failure =
                    Stdout.failureOf(command.getOut()).filter(why -> !Stdout.isReaderGone(why));
            failure.ifPresent(why -> Failures.say(command, "cannot write stdout: " + why));
            return failure.isPresent() && code == 0 ? Failures.LOCAL_ERROR : code;
        } finally {
            command.getOut().flush();
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
