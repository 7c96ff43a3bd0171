package io.pramd.client.cli;

import io.pramd.client.PramClient;
import io.pramd.protocol.NodeRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** One owner. {@code pram stat}: everything about one node. */
@Command(
        name = "stat",
        description = "Shows one node.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "10:ENOENT: no such node"},
        footerHeading = "%nExamples:%n",
        footer = {"  pram stat greeting", "  pram stat greeting --json"})
final class StatCommand implements Callable<Integer> {
    @ParentCommand private Pram pram;

    @Spec private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The node.")
    private String name;

    @Option(
            names = "--quarantined",
            paramLabel = "PFN",
            description = "The quarantined node whose node page is there, instead of NAME.")
    private Long pfn;

    @Option(names = "--json", description = "As a JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if ((name == null) == (pfn == null)) {
            throw new ParameterException(
                    spec.commandLine(), "give either a NAME or --quarantined PFN");
        }
        NodeRecord node;
        try (PramClient client = pram.connect()) {
            node = pfn == null ? client.stat(name) : client.statQuarantined(pfn);
        }
        if (json) {
            try (Json document = new Json(pram.io())) {
                NodePrinter.json(document, node);
            }
        } else {
            PrintWriter out = pram.io().text();
            NodePrinter.fields(out, node);
            out.flush();
        }
        return 0;
    }
}
