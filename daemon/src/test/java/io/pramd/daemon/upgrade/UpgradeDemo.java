package io.pramd.daemon.upgrade;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One owner. {@code scripts/demo-upgrade}. */
@Command(
        name = "scripts/demo-upgrade",
        description = {
            "Upgrades a daemon again and again under busy clients that save, load, peek, remove and"
                    + " list without a pause and compare every byte. No call may fail, and nothing"
                    + " that was answered may be lost. Says how long a call had to wait at most,"
                    + " and where that time went.",
            "An upgrade is a hand-over: the new daemon is started beside the old one and takes its"
                    + " listening sockets over, see docs/operations.md."
        })
public final class UpgradeDemo implements Callable<Integer> {
    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "8",
            description = "How many clients, half of them over a Unix socket. Default: 8.")
    private int clients;

    @Option(
            names = "--upgrades",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many upgrades, one after the other. Default: 10.")
    private int upgrades;

    @Option(
            names = "--restart",
            description =
                    "Stop the old daemon and start the new one instead. Clients wait all the same,"
                            + " but for longer: a JVM starts meanwhile.")
    private boolean isRestart;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Where all chance comes from. Default: a new one, which is printed.")
    private Long seed;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this and exit.")
    private boolean help;

    @Spec private CommandSpec command;

    private UpgradeDemo() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new UpgradeDemo()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (clients < 1 || upgrades < 1) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "at least one client and one upgrade are needed");
        }
        PrintWriter out = command.commandLine().getOut();
        Path folder = Files.createTempDirectory("pramd-demo-upgrade");
        try (UpgradeRun run =
                new UpgradeRun(folder, isRestart, seed == null ? System.nanoTime() : seed, out)) {
            Thread hook = new Thread(run::close, "demo-end");
            Runtime.getRuntime().addShutdownHook(hook);
            UpgradeReport report = run.upgrade(clients, upgrades);
            Runtime.getRuntime().removeShutdownHook(hook);
            report.print(out);
            return report.isGood() ? 0 : 1;
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder())
                    .forEach(
                            path -> {
                                try {
                                    Files.deleteIfExists(path);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
        }
    }
}
