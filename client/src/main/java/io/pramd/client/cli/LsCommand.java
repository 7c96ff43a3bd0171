package io.pramd.client.cli;

import io.pramd.client.PramClient;
import io.pramd.protocol.NodeRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** One owner. {@code pram ls}: what there is, in the order it was saved. */
@Command(
        name = "ls",
        description = "Lists nodes in the order they were saved.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done, also where there are none"},
        footerHeading = "%nExamples:%n",
        footer = {"  pram ls", "  pram ls src --long", "  pram ls --json"})
final class LsCommand implements Callable<Integer> {
    @ParentCommand private Pram pram;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PREFIX",
            defaultValue = "",
            description = "Only names that begin with it.")
    private String prefix;

    @Option(
            names = {"-l", "--long"},
            description = "Also when each expires, and whose it is.")
    private boolean isLong;

    @Option(names = "--json", description = "As a JSON array.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        List<NodeRecord> nodes;
        try (PramClient client = pram.connect()) {
            nodes = client.list(prefix);
        }
        if (json) {
            writeJson(nodes);
        } else {
            PrintWriter out = pram.io().text();
            if (isLong) {
                NodePrinter.longTable(out, nodes);
            } else {
                NodePrinter.table(out, nodes);
            }
            out.flush();
        }
        return 0;
    }

    private void writeJson(List<NodeRecord> nodes) throws IOException {
        try (Json document = new Json(pram.io())) {
            document.array();
            for (NodeRecord node : nodes) {
                NodePrinter.json(document, node);
            }
            document.end();
        }
    }
}
