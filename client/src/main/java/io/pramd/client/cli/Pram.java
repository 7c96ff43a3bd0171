package io.pramd.client.cli;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramUri;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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
        scope = ScopeType.INHERIT)
public final class Pram implements Runnable {
    private static final String SERVER_VARIABLE = "PRAM_SERVER";

    private static final List<Class<?>> SUBCOMMANDS =
            List.of(
                    SaveCommand.class,
                    LoadCommand.class,
                    CatCommand.class,
                    LsCommand.class,
                    StatCommand.class,
                    RmCommand.class,
                    InfoCommand.class,
                    GrowCommand.class,
                    PingCommand.class);

    private final CommandIo io;

    @Spec private CommandSpec spec;

    @Option(
            names = "--server",
            scope = ScopeType.INHERIT,
            paramLabel = "URI",
            description =
                    "Where the daemon listens: pram://host:port or pram+unix:///path. Else"
                            + " PRAM_SERVER, else pram://127.0.0.1:7726.")
    private String server;

    @Option(
            names = "--connect-wait",
            scope = ScopeType.INHERIT,
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = DurationConverter.class,
            description = "How long to try again while no daemon answers, e.g. 10s. Default: 0s.")
    private Duration connectWait;

    private Pram(CommandIo io) {
        this.io = io;
    }

    public static void main(String[] args) {
        System.exit(execute(CommandIo.ofProcess(), args));
    }

    /** Runs one command and returns the code to exit with. */
    static int execute(CommandIo io, String... args) {
        CommandLine command = new CommandLine(new Pram(io));
        subcommandsFor(args).forEach(command::addSubcommand);
        Failures failures = new Failures(io);
        command.setExecutionExceptionHandler(failures);
        command.setParameterExceptionHandler(failures);
        command.setErr(io.err());
        command.setOut(io.text());
        int code = command.execute(args);
        command.getOut().flush();
        io.err().flush();
        return code;
    }

    /**
     * The one that the first word names, since reading the options of all takes longer than most
     * commands do; all of them where it names none, as for help and for options before the command.
     */
    private static List<Class<?>> subcommandsFor(String... args) {
        String first = args.length == 0 ? "" : args[0];
        List<Class<?>> named = SUBCOMMANDS.stream().filter(c -> name(c).equals(first)).toList();
        return named.isEmpty() ? SUBCOMMANDS : named;
    }

    private static String name(Class<?> subcommand) {
        return subcommand.getAnnotation(Command.class).name();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    CommandIo io() {
        return io;
    }

    /** Where the daemon listens, as the user or the environment says. */
    String server() {
        if (server != null) {
            return server;
        }
        String variable = System.getenv(SERVER_VARIABLE);
        return variable == null || variable.isEmpty() ? PramUri.DEFAULT : variable;
    }

    /** Connects; to be closed. */
    PramClient connect() {
        try {
            return PramClient.connect(
                    server(),
                    PramConfig.defaults()
                            .withConnectWait(connectWait)
                            .withRetryFor(connectWait)
                            .withAgent("pram"));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
