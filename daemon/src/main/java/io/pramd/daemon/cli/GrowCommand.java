package io.pramd.daemon.cli;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.OfflineGrowth;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One owner. {@code pramd grow}: makes a memory file larger that no daemon serves. */
@Command(
        name = "grow",
        description = {
            "Makes a memory file larger that no daemon serves; 'pram grow SIZE' does it to a"
                    + " served one.",
            "Without room on the device the file stays as it is."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it has this size",
            "12:EBUSY: a daemon serves it",
            "15:EINVAL: smaller than it is",
            "17:ENOMEM: no room on the device; the file stays as it is"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  pramd grow memory --size 96M"})
final class GrowCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The memory file.")
    private Path file;

    @Option(
            names = "--size",
            required = true,
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description = "Its new size, such as 16G. Smaller: pramd shrink.")
    private ByteSize size;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        long before = grow();
        long frames = size.bytes() / FileLayout.FRAME_BYTES;
        ByteSize now = new ByteSize(FileLayout.fileOffset(frames));
        String what =
                before == now.bytes()
                        ? "is " + now + " already"
                        : "grown from " + new ByteSize(before) + " to " + now;
        spec.commandLine().getOut().println(file + ": " + what + ", " + frames + " frames");
        return 0;
    }

    private long grow() {
        try {
            return OfflineGrowth.grow(file, size.bytes());
        } catch (StoreException e) {
            if (e.errno() != Errno.EBUSY) {
                throw e;
            }
            throw StoreException.of(
                    Errno.EBUSY,
                    e.getMessage() + "; while it is served: pram grow " + size.bytes());
        }
    }
}
