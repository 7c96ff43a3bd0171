package io.pramd.client.cli;

import io.pramd.client.PramClient;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** One owner. {@code pram grow}: makes the daemon's memory file larger. */
@Command(
        name = "grow",
        description = {
            "Makes the daemon's memory file larger while it is served.",
            "Without room on the device it stays as it is."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it has this size",
            "15:EINVAL: smaller than it is",
            "17:ENOMEM: no room on the device; the file stays as it is"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  pram grow 80M"})
final class GrowCommand implements Callable<Integer> {
    @ParentCommand private Pram pram;

    @Parameters(
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description =
                    "The new size, such as 16G. Smaller: pramd shrink, while no daemon serves.")
    private long bytes;

    @Override
    public Integer call() {
        long size;
        try (PramClient client = pram.connect()) {
            size = client.grow(bytes);
        }
        PrintWriter out = pram.io().text();
        out.println("size " + ByteSize.text(size));
        out.flush();
        return 0;
    }
}
