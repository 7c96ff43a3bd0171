package io.pramd.daemon.cli;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.BootIds;
import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckReport;
import io.pramd.daemon.recovery.Repair;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One owner. {@code pramd fsck}: checks a memory file. */
@Command(
        name = "fsck",
        description = {
            "Checks every checksum and every reference of a memory file; without --repair and"
                    + " --undo it changes nothing, and may run beside a daemon.",
            "Exits with 0 when the file is clean, 1 when it is damaged, 2 when it could not be"
                    + " checked."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the file is clean",
            "1:it is damaged",
            "2:it could not be checked, or stdout did not take the result"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  pramd fsck memory",
            "  pramd fsck memory --json",
            "  pramd fsck memory --repair"
        })
final class FsckCommand implements Callable<Integer> {
    private static final int CLEAN = 0;
    private static final int DAMAGED = 1;
    private static final int NOT_CHECKED = 2;

    @Parameters(paramLabel = "FILE", description = "The memory file.")
    private Path file;

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    private boolean json;

    @ArgGroup private Change change;

    /** What it does before it checks; nothing by default. */
    private static final class Change {
        @Option(
                names = "--repair",
                description = {
                    "Store what exists twice anew where one copy is damaged. Where a page of the"
                            + " directory is lost in both copies, build a new directory: what was"
                            + " below that page is quarantined then. No daemon may have the file.",
                    "Before it changes anything it writes FILE.undo, which must not exist."
                })
        private boolean isRepair;

        @Option(
                names = "--undo",
                paramLabel = "UNDO",
                description =
                        "Take a repair back by its undo file. Refused when the memory file was"
                                + " changed after the repair; a start changes it.")
        private Path undo;
    }

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            if (change != null) {
                change();
            }
            FsckReport report = Fsck.check(file);
            if (json) {
                FsckPrinter.printJson(report, out);
            } else {
                FsckPrinter.printText(report, out);
            }
            if (!report.isClean()) {
                return DAMAGED;
            }
            // not 1 either, where nobody can read what was found
            return Stdout.failureOf(out)
                    .map(why -> notChecked("cannot write stdout: " + why))
                    .orElse(CLEAN);
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

    private void change() {
        PrintWriter err = spec.commandLine().getErr();
        if (change.undo != null) {
            err.println("frames as before the repair: " + Repair.undo(file, change.undo));
            return;
        }
        Path undo = file.resolveSibling(file.getFileName() + ".undo");
        List<String> steps = Repair.repair(file, undo, BootIds.read(BootIds.KERNEL));
        steps.forEach(step -> err.println("repair: " + step));
        err.println(steps.isEmpty() ? "nothing to repair" : "to take it back: --undo " + undo);
    }

    private int notChecked(String why) {
        spec.commandLine().getErr().println("pramd: " + why);
        return NOT_CHECKED;
    }
}
