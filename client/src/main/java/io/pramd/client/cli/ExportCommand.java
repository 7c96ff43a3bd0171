package io.pramd.client.cli;

import io.pramd.client.PramClient;
import io.pramd.protocol.NodeRecord;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** One owner. {@code pram export}: nodes become a tar file. */
@Command(
        name = "export",
        description = {
            "Writes nodes into a tar file, which pram import reads; they stay in the daemon.",
            "FILE appears whole, or not at all."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all nodes that were ready are in it",
            "6:with --salvage: pages are missing, zeros are in their place",
            "7:damaged nodes were left out; the others are in it"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  pram export store.tar",
            "  pram export src.tar src",
            "  pram export - | tar t",
            "  pram export store.tar --salvage"
        })
final class ExportCommand implements Callable<Integer> {
    @ParentCommand private Pram pram;

    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "Where to; - is stdout.")
    private String file;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PREFIX",
            defaultValue = "",
            description = "Only names that begin with it.")
    private String prefix;

    @Option(
            names = "--salvage",
            description = {
                "Of damaged nodes what verifies, and zeros in place of the rest. Exits with 6 when"
                        + " pages are missing."
            })
    private boolean salvage;

    @Option(names = "--json", description = "What was done as a JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        boolean toStdout = file.equals(Sink.STDOUT);
        if (toStdout) {
            if (json) {
                throw new ParameterException(
                        spec.commandLine(), "--json needs a FILE: stdout is the archive's");
            }
            LoadCommand.requireNoTerminal(pram.io(), spec);
        }
        Tally tally = new Tally(pram.io(), "exported");
        try (PramClient client = pram.connect()) {
            List<NodeRecord> nodes = client.list(prefix);
            try (Sink sink = Sink.openPrivate(pram.io(), file);
                    ProgressMeter meter = new ProgressMeter(pram.io(), "export", bytes(nodes))) {
                new StoreExport(client, sink, meter, tally, salvage).run(nodes);
                sink.complete();
            }
        }
        if (!toStdout) {
            tally.print(json);
        }
        return tally.exitCode();
    }

    private static long bytes(List<NodeRecord> nodes) {
        return nodes.stream().mapToLong(NodeRecord::length).sum();
    }
}
