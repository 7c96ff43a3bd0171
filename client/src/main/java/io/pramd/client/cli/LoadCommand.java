package io.pramd.client.cli;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** One owner. {@code pram load}: a node becomes a file, or goes to stdout. */
@Command(
        name = "load",
        description = {
            "Loads a node into a file and consumes it: FILE appears whole, or not at all.",
            "To stdout it only peeks, unless --consume is given.",
            "With --salvage a damaged node, as far as it verifies; it stays."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:FILE has it; without --peek it is gone from the daemon",
            "6:with --salvage: pages are missing, zeros are in their place",
            "10:ENOENT: no such node",
            "12:EBUSY: somebody saves or loads it",
            "13:EPERM: other metadata",
            "18:EIO: a page is damaged",
            "24:ETIMEDOUT: --wait ran out"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  pram load greeting copy.txt --peek",
            "  pram load src.tar - --consume | tar t",
            "  pram load greeting hello.txt --wait 30s"
        })
final class LoadCommand implements Callable<Integer> {
    @ParentCommand private Pram pram;

    @Spec private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NAME",
            description = "The node; left out with --quarantined.")
    private String name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "Where to; - or nothing is stdout.")
    private String file;

    @Option(names = "--peek", description = "Leave the node in the daemon.")
    private boolean peek;

    @Option(names = "--consume", description = "Consume the node, also when it goes to stdout.")
    private boolean consume;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = DurationConverter.class,
            description = "How long to wait until the node is ready, e.g. 30s.")
    private Duration waitFor;

    @Option(
            names = "--if-meta",
            paramLabel = "KEY=VALUE",
            converter = MetaPair.Converter.class,
            description = "Only if the node has this metadata; may be repeated.")
    private List<MetaPair> ifMeta = new ArrayList<>();

    @Option(
            names = "--salvage",
            description = {
                "What verifies of a damaged node, zeros in place of the rest, which is named on"
                        + " stderr. Exits with 6 when pages are missing."
            })
    private boolean salvage;

    @Option(
            names = "--quarantined",
            paramLabel = "PFN",
            description = "With --salvage: the quarantined node whose node page is there.")
    private Long pfn;

    @Override
    public Integer call() {
        requireFitting();
        if (pfn != null) {
            file = name; // the only operand there is
        }
        if (file == null) {
            file = Sink.STDOUT;
        }
        boolean toStdout = file.equals(Sink.STDOUT);
        if (toStdout) {
            requireNoTerminal(pram.io(), spec);
        }
        if (salvage) {
            return new SalvageCopy(pram).run(name, pfn, file);
        }
        boolean peeks = peek || (toStdout && !consume);
        LoadOptions options =
                LoadOptions.defaults().withWaitFor(waitFor).withExpectMeta(MetaPair.map(ifMeta));
        load(pram, name, file, peeks, options);
        if (peeks && !peek) {
            pram.io()
                    .err()
                    .println(
                            "pram: the node stays: a load to stdout is a peek; --consume takes it"
                                    + " out, --peek leaves out this line");
        }
        return 0;
    }

    private void requireFitting() {
        if (peek && consume) {
            throw usage("--peek and --consume cannot be given together");
        }
        if (salvage && (consume || !waitFor.isZero() || !ifMeta.isEmpty())) {
            throw usage("--salvage goes with neither --consume, --wait nor --if-meta");
        }
        if (pfn != null && !salvage) {
            throw usage("a quarantined node can only be loaded with --salvage");
        }
        if (pfn == null ? name == null : file != null) {
            throw usage("give either a NAME or --quarantined PFN");
        }
    }

    private ParameterException usage(String text) {
        return new ParameterException(spec.commandLine(), text);
    }

    static void requireNoTerminal(CommandIo io, CommandSpec spec) {
        if (io.outIsTerminal()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "not writing a node to a terminal: name a FILE, or pipe it, e.g. into less");
        }
    }

    static void load(Pram pram, String name, String file, boolean peeks, LoadOptions options) {
        try (PramClient client = pram.connect()) {
            LoadStream stream =
                    peeks ? client.openPeek(name, options) : client.openLoad(name, options);
            try (Sink sink = Sink.open(pram.io(), file)) {
                copy(pram.io(), stream, sink);
                sink.complete(); // the file is there and on the device before the node goes
                stream.finish();
            } finally {
                stream.abort(); // without effect once finished
            }
        }
    }

    private static void copy(CommandIo io, LoadStream stream, Sink sink) {
        String task = "load " + stream.node().name();
        try (ProgressMeter meter = new ProgressMeter(io, task, stream.node().length())) {
            for (int bytes; (bytes = sink.take(stream)) >= 0; ) {
                meter.moved(bytes);
            }
        }
    }
}
