package io.pramd.daemon.cli;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.Sharing;
import io.pramd.daemon.recovery.BootIds;
import io.pramd.daemon.recovery.FirstContents;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One owner. {@code pramd format}: makes a new, empty memory file. */
@Command(
        name = "format",
        description = {
            "Creates an empty memory file.",
            "A file that exists and is not empty is never touched."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is created",
            "11:EEXIST: the file is there, and not empty",
            "17:ENOMEM: no room on the device"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  pramd format memory --size 64M"})
final class FormatCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The memory file to create.")
    private Path file;

    @Option(
            names = "--size",
            required = true,
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description = "Its size, such as 8G or 512MiB; at least 4MiB.")
    private ByteSize size;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "Gives it to this group with mode 0660. Default: mode 0600")
    private String group;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        Sharing sharing = group == null ? Sharing.NONE : Sharing.with(group);
        FirstContents.format(file, size.bytes(), BootIds.read(BootIds.KERNEL), sharing).close();
        long frames = size.bytes() / FileLayout.FRAME_BYTES;
        spec.commandLine()
                .getOut()
                .println("formatted " + file + ": " + size + ", " + frames + " frames");
        return 0;
    }
}
