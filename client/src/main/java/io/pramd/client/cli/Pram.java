package io.pramd.client.cli;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramUri;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** One owner. The {@code pram} command: parses its arguments and hands them to one subcommand. */
@Command(
        name = "pram",
        description = "Saves, loads and lists named streams of a pramd daemon.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:a local error: a file, a pipe, an answer of \"no\"",
            "2:wrong usage",
            "3:cannot connect; nothing was changed",
            "4:the answer was lost: it may have happened, look with pram ls",
            "5:no progress for 30 seconds; nothing was changed",
            "6:a salvage with pages missing",
            "7:an export or import that left damaged nodes out",
            "10-24:the daemon refused, nothing was changed; stderr says why, docs/cli.md has the"
                    + " list"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  pram save greeting hello.txt",
            "  pram --server pram+unix:///run/pramd/pramd.sock ls",
            "",
            "Environment:",
            "  PRAM_SERVER              where the daemon listens, for --server",
            "  PRAM_TOKEN               the token to show; before PRAM_TOKEN_FILE",
            "  PRAM_TOKEN_FILE          a file with it, for --token-file",
            "  PRAM_TLS_CA              for --tls-ca",
            "  PRAM_TLS_CERT            for --tls-cert",
            "  PRAM_TLS_KEY             for --tls-key",
            "  PRAM_OPTS                options of the JVM",
            "  JAVA_HOME                a Java to run on, 17 or newer"
        })
public final class Pram implements Runnable {
    private static final String SERVER_VARIABLE = "PRAM_SERVER";

    private static final String SERVER = "--server";
    private static final String CONNECT_WAIT = "--connect-wait";

    /** What may stand before a verb, with a value. */
    private static final Set<String> BEFORE_VERB = new HashSet<>(AccessOptions.NAMES);

    // with their names, since reading those from the classes takes longer than a ping
    static final Map<String, Class<?>> VERBS = new LinkedHashMap<>();

    static {
        BEFORE_VERB.addAll(List.of(SERVER, CONNECT_WAIT));
        VERBS.put("save", SaveCommand.class);
        VERBS.put("load", LoadCommand.class);
        VERBS.put("cat", CatCommand.class);
        VERBS.put("ls", LsCommand.class);
        VERBS.put("stat", StatCommand.class);
        VERBS.put("rm", RmCommand.class);
        VERBS.put("info", InfoCommand.class);
        VERBS.put("top", TopCommand.class);
        VERBS.put("grow", GrowCommand.class);
        VERBS.put("backup", BackupCommand.class);
        VERBS.put("export", ExportCommand.class);
        VERBS.put("import", ImportCommand.class);
        VERBS.put("ping", PingCommand.class);
    }

    private final CommandIo io;
    private final UnaryOperator<String> environment;

    @Spec private CommandSpec spec;

    @Mixin private AccessOptions access = new AccessOptions();

    @Option(
            names = SERVER,
            scope = ScopeType.INHERIT,
            paramLabel = "URI",
            description =
                    "Where the daemon listens: pram://host:port, prams://host:port inside TLS, or"
                            + " pram+unix:///path. Else PRAM_SERVER, else pram://127.0.0.1:7726.")
    private String server;

    @Option(
            names = CONNECT_WAIT,
            scope = ScopeType.INHERIT,
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = DurationConverter.class,
            description = "How long to try again while no daemon answers, e.g. 10s. Default: 0s.")
    private Duration connectWait;

    private Pram(CommandIo io, UnaryOperator<String> environment) {
        this.io = io;
        this.environment = environment;
    }

    public static void main(String[] args) {
        System.exit(execute(CommandIo.ofProcess(), System::getenv, args));
    }

    /** The command with all its verbs, for what is made of their options; not to be run. */
    public static CommandLine describe() {
        CommandLine command = new CommandLine(new Pram(CommandIo.ofProcess(), name -> null));
        addSubcommands(command);
        return command;
    }

    /** Runs one command and returns the code to exit with. */
    static int execute(CommandIo io, UnaryOperator<String> environment, String... args) {
        CommandLine command = new CommandLine(new Pram(io, environment));
        addSubcommands(command, args);
        Failures failures = new Failures(io);
        command.setExecutionExceptionHandler(failures);
        command.setParameterExceptionHandler(failures);
        command.setErr(io.err());
        command.setOut(io.text());
        command.setExpandAtFiles(false); // a node's name may begin with it
        String wrong =
                RawArguments.areDoubtful(args) ? RawArguments.ofProcess().firstWrong(args) : null;
        int code =
                wrong == null
                        ? command.execute(args)
                        : failures.handleParseException(
                                new ParameterException(command, wrong), args);
        code = failures.ofStdout(code);
        io.err().flush();
        return code;
    }

    /**
     * The one that is called for, since reading the options of all takes longer than most commands
     * do; all of them where the first word is no name of one, as for help.
     */
    private static void addSubcommands(CommandLine command, String... args) {
        String word = firstWord(args);
        if (VERBS.containsKey(word)) {
            command.addSubcommand(word, VERBS.get(word));
        } else {
            VERBS.forEach(command::addSubcommand);
        }
    }

    /** The first argument that is none of the options before a command, nor the value of one. */
    private static String firstWord(String... args) {
        int at = 0;
        while (at < args.length) {
            String word = args[at];
            if (BEFORE_VERB.contains(word)) {
                at += 2;
            } else if (BEFORE_VERB.contains(word.replaceFirst("=.*", ""))) {
                at++;
            } else {
                return word;
            }
        }
        return "";
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    CommandIo io() {
        return io;
    }

    /** A variable of the environment; null where it is not set. */
    String variable(String name) {
        return environment.apply(name);
    }

    /** Where the daemon listens, as the user or the environment says. */
    String server() {
        if (server != null) {
            return server;
        }
        String variable = environment.apply(SERVER_VARIABLE);
        return variable == null || variable.isEmpty() ? PramUri.DEFAULT : variable;
    }

    /** Connects; to be closed. */
    PramClient connect() {
        PramConfig config;
        try {
            config =
                    access.configure(
                            PramConfig.defaults()
                                    .withConnectWait(connectWait)
                                    .withRetryFor(connectWait)
                                    .withAgent("pram"),
                            PramUri.parse(server()),
                            environment);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try {
            return PramClient.connect(server(), config);
        } catch (IllegalArgumentException e) {
            throw new LocalFailure(e.getMessage(), null); // names the file
        }
    }
}
