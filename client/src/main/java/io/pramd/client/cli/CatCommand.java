package io.pramd.client.cli;

import io.pramd.client.LoadOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** One owner. {@code pram cat}: a node's bytes to stdout; the node stays. */
@Command(
        name = "cat",
        description = "Writes a node to stdout and leaves it: load --peek NAME -.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all of it was written",
            "10:ENOENT: no such node",
            "12:EBUSY: it is being saved",
            "18:EIO: a page is damaged"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  pram cat greeting | sha256sum"})
final class CatCommand implements Callable<Integer> {
    @ParentCommand private Pram pram;

    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "The node.")
    private String name;

    @Override
    public Integer call() {
        LoadCommand.requireNoTerminal(pram.io(), spec);
        LoadCommand.load(pram, name, Sink.STDOUT, true, LoadOptions.defaults());
        return 0;
    }
}
