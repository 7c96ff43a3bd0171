package io.pramd.daemon.cli;

import io.pramd.daemon.recovery.BootIds;
import io.pramd.daemon.recovery.Dump;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One owner. {@code pramd dump}: prints what a memory file holds. */
@Command(
        name = "dump",
        description = {
            "Prints a memory file as text: its fixed frames, root and nodes, or one frame, or one"
                    + " node with its chain. Changes nothing."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "10:ENOENT: no such file, frame or node"},
        footerHeading = "%nExamples:%n",
        footer = {"  pramd dump memory", "  pramd dump memory --frame 0"})
final class DumpCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The memory file.")
    private Path file;

    @ArgGroup private What what;

    @Spec private CommandSpec spec;

    /** One owner. At most one of the two. */
    static final class What {
        @Option(names = "--frame", paramLabel = "PFN", description = "Only this frame.")
        private Long pfn;

        @Option(names = "--node", paramLabel = "NAME", description = "Only this node.")
        private String name;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Dump dump = Dump.open(file, BootIds.read(BootIds.KERNEL), out)) {
            if (what == null) {
                dump.summary();
            } else if (what.pfn != null) {
                dump.frame(what.pfn);
            } else {
                dump.node(what.name);
            }
            return 0;
        } finally {
            out.flush();
        }
    }
}
