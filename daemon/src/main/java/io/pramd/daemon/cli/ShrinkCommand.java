package io.pramd.daemon.cli;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.recovery.BootIds;
import io.pramd.daemon.recovery.OfflineShrinking;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One owner. {@code pramd shrink}: makes a memory file smaller that no daemon serves. */
@Command(
        name = "shrink",
        description = {
            "Makes a memory file smaller that no daemon serves, and that was stopped cleanly.",
            "What lies behind the new end is moved. A kill or a power cut on the way loses nothing."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it has this size",
            "12:EBUSY: a daemon serves it",
            "15:EINVAL: larger than it is, or less than 4 MiB",
            "17:ENOMEM: its nodes do not fit; the message says the smallest size",
            "18:EIO: a damaged node stands in the way, or the device failed",
            "22:EAGAIN: it was not stopped cleanly: have 'pramd serve' start on it and stop it"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  pramd shrink memory --size 48M"})
final class ShrinkCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The memory file.")
    private Path file;

    @Option(
            names = "--size",
            required = true,
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description = "Its new size, such as 4G.")
    private ByteSize size;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        long before = OfflineShrinking.shrink(file, size.bytes(), BootIds.read(BootIds.KERNEL));
        long frames = size.bytes() / FileLayout.FRAME_BYTES;
        ByteSize now = new ByteSize(FileLayout.fileOffset(frames));
        String what =
                before == now.bytes()
                        ? "is " + now + " already"
                        : "shrunk from " + new ByteSize(before) + " to " + now;
        spec.commandLine().getOut().println(file + ": " + what + ", " + frames + " frames");
        return 0;
    }
}
