package io.pramd.daemon.cli;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One owner. {@code pramd fsck}: checks a memory file. */
@Command(
        name = "fsck",
        description = {
            "Checks every checksum and every reference of a memory file; changes nothing.",
            "May run beside a daemon.",
            "Exits with 0 when the file is clean, 1 when it is damaged, 2 when it could not be"
                    + " checked."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class FsckCommand implements Callable<Integer> {
    private static final int CLEAN = 0;
    private static final int DAMAGED = 1;
    private static final int NOT_CHECKED = 2;

    @Parameters(paramLabel = "FILE", description = "The memory file.")
    private Path file;

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            FsckReport report = Fsck.check(file);
            if (json) {
                FsckPrinter.printJson(report, out);
            } else {
                FsckPrinter.printText(report, out);
            }
            out.flush();
            return report.isClean() ? CLEAN : DAMAGED;
        } catch (StoreException e) {
            if (json) {
                FsckPrinter.printJson(file, e, out);
            }
            return notChecked(e.errno() + ": " + e.getMessage());
        } catch (RuntimeException e) {
            // not the exit code of other commands' local errors: 1 says that the file is damaged
            return notChecked(e.toString());
        }
    }

    private int notChecked(String why) {
        spec.commandLine().getErr().println("pramd: " + why);
        return NOT_CHECKED;
    }
}
