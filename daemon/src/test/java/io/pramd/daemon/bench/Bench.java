package io.pramd.daemon.bench;

import io.pramd.daemon.bench.CaseName.Scale;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One owner. {@code scripts/bench}: measures this checkout and prints what came of it. */
@Command(
        name = "scripts/bench",
        description = {
            "Measures this checkout beside what one would pick in its place, in turn, with the same"
                    + " data, and prints Markdown tables: ratios first. Client and servers are"
                    + " processes of their own on this machine.",
            "docs/performance.md says what each case does. What is not installed is left out,"
                    + " which a line says."
        })
public final class Bench implements Callable<Integer> {
    private static final Scale FULL = new Scale(9, 4096, 10_000);
    private static final Scale QUICK = new Scale(3, 1024, 2_000);

    @Option(
            names = "--case",
            paramLabel = "NAME",
            arity = "1..*",
            description =
                    "What to measure: ${COMPLETION-CANDIDATES}. Default: all; with --quick, some.")
    private List<CaseName> cases;

    @Option(
            names = "--beside",
            paramLabel = "NAME",
            arity = "1..*",
            description = "What to measure it beside: ${COMPLETION-CANDIDATES}. Default: all.")
    private List<Alternative> alternatives = List.of(Alternative.values());

    @Option(
            names = "--install",
            description =
                    "First have apt-get install what of these is not there; needs to be root."
                            + " Debian starts the servers that it installs.")
    private boolean install;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Rounds that count, behind those that warm up. Default: 9.")
    private Integer rounds;

    @Option(
            names = "--mib",
            paramLabel = "N",
            description =
                    "Length of one stream; nodes of 1 MiB and more are a quarter of it together."
                            + " Default: 4096.")
    private Integer mebibytes;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            description = "How many small nodes; ten times as many when 16 deep. Default: 10000.")
    private Integer nodes;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description =
                    "Where the memory file lies meanwhile. Default: /dev/shm, or the folder for"
                            + " temporary files when there is no room.")
    private Path folder;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write all numbers of all rounds there, too.")
    private Path json;

    @Option(
            names = "--charts",
            paramLabel = "DIR",
            description = "Write a chart of each case there, CASE.svg.")
    private Path charts;

    @Option(
            names = "--quick",
            description =
                    "About five minutes: some of the cases, 3 rounds, 1024 MiB and 2000 nodes,"
                            + " unless told otherwise.")
    private boolean quick;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this and exit.")
    private boolean help;

    @Spec private CommandSpec spec;

    private final Map<String, String> daemonEnvironment;

    private Bench(Map<String, String> daemonEnvironment) {
        this.daemonEnvironment = daemonEnvironment;
    }

    public static void main(String[] args) {
        System.exit(newCommandLine(Map.of()).execute(args));
    }

    /**
     * The command, ready to run.
     *
     * @param daemonEnvironment for the daemons that it measures, on top of this process's
     */
    static CommandLine newCommandLine(Map<String, String> daemonEnvironment) {
        return new CommandLine(new Bench(daemonEnvironment))
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public Integer call() throws Exception {
        Scale scale = scale();
        PrintWriter err = spec.commandLine().getErr();
        Map<CaseName, BenchCase.Measured> measured = new EnumMap<>(CaseName.class);
        if (install) {
            Alternatives.install(alternatives);
        }
        try (BenchFolder bench = BenchFolder.in(parent(scale));
                Alternatives beside = Alternatives.open(alternatives, bench.path())) {
            beside.skipped().forEach(each -> err.println("skipped: " + each));
            for (CaseName name : chosen()) {
                err.println("measuring " + name);
                Path own = bench.of(name);
                measured.put(name, name.at(scale).run(new Stage(own, beside, daemonEnvironment)));
                BenchFolder.deleteRecursively(own);
            }
            Report report =
                    new Report(
                            LocalDate.now(),
                            command(),
                            Machine.ofThis(),
                            bench.fileSystem(),
                            scale,
                            beside.skipped(),
                            measured);
            new MarkdownReport(spec.commandLine().getOut()).print(report);
            if (json != null) {
                JsonReport.write(report, json);
            }
            if (charts != null) {
                BarChart.writeAll(report, charts);
            }
        }
        return 0;
    }

    private List<CaseName> chosen() {
        if (cases != null) {
            return cases;
        }
        return quick ? CaseName.QUICK : List.of(CaseName.values());
    }

    private Scale scale() {
        Scale given = quick ? QUICK : FULL;
        return new Scale(
                atLeastOne("--rounds", rounds, given.rounds()),
                atLeastOne("--mib", mebibytes, given.mebibytes()),
                atLeastOne("--nodes", nodes, given.nodes()));
    }

    private int atLeastOne(String option, Integer value, int otherwise) {
        if (value != null && value < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), option + " is 1 or more: " + value);
        }
        return value == null ? otherwise : value;
    }

    private Path parent(Scale scale) throws IOException {
        if (folder != null) {
            return folder;
        }
        long mebibytesMax = 0;
        for (CaseName name : chosen()) {
            mebibytesMax = Math.max(mebibytesMax, name.at(scale).memoryMebibytes());
        }
        Path parent = BenchFolder.defaultParent(mebibytesMax);
        spec.commandLine()
                .getErr()
                .printf("memory files of up to %d MiB in %s%n", mebibytesMax, parent);
        return parent;
    }

    private String command() {
        List<String> words = spec.commandLine().getParseResult().originalArgs();
        return words.isEmpty() ? spec.name() : spec.name() + " " + String.join(" ", words);
    }
}
