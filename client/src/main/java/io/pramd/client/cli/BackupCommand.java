package io.pramd.client.cli;

import io.pramd.client.BackupReport;
import io.pramd.client.PramClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** One owner. {@code pram backup}: copies the daemon's memory file while it is served. */
@Command(
        name = "backup",
        description = {
            "Writes all nodes of the daemon, as of one moment, into a new memory file.",
            "The daemon goes on. Every page is verified; 'pramd serve' serves the file."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the file is whole and on the device",
            "1:the file exists, or cannot be written",
            "6:the file is written, and as damaged as the daemon's own",
            "17:ENOMEM: the daemon's file was full, and the backup gave way",
            "other codes: pram --help"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  pram backup nightly.mem"})
final class BackupCommand implements Callable<Integer> {
    @ParentCommand private Pram pram;

    @Parameters(paramLabel = "FILE", description = "The new file; it must not exist.")
    private Path file;

    @Override
    public Integer call() {
        BackupReport report;
        try (PramClient client = pram.connect();
                ProgressMeter meter = new ProgressMeter(pram.io(), "backup", -1)) {
            long[] before = {0};
            report =
                    client.backup(
                            file,
                            (bytes, bytesMax) -> {
                                meter.moved(bytes - before[0]);
                                before[0] = bytes;
                            });
        } catch (FileAlreadyExistsException e) {
            throw new LocalFailure("cannot write " + file + ": it exists", null);
        } catch (IOException e) {
            throw new LocalFailure("cannot write " + file, e);
        }
        return print(report);
    }

    private int print(BackupReport report) {
        PrintWriter out = pram.io().text();
        out.println(
                "backup "
                        + file
                        + ": nodes="
                        + report.nodes()
                        + " root="
                        + report.rootSequence()
                        + " written="
                        + ByteSize.text(report.writtenBytes())
                        + " size="
                        + ByteSize.text(report.fileBytes()));
        out.flush();
        if (report.damage().isEmpty()) {
            return 0;
        }
        report.damage().forEach(line -> pram.io().err().println("pram: " + Printable.of(line)));
        pram.io()
                .err()
                .println("pram: damaged in the daemon's file and the backup: look with pramd fsck");
        return Failures.INCOMPLETE;
    }
}
