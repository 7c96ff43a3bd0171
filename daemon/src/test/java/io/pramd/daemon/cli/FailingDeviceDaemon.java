package io.pramd.daemon.cli;

import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.settings.Sources;
import io.pramd.protocol.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine;

/**
 * Immutable. {@code pramd serve} on a device that fails: no force succeeds any more once a file
 * named {@link #BROKEN} lies beside the memory file.
 */
public final class FailingDeviceDaemon {
    public static final String BROKEN = "device-is-broken";

    private FailingDeviceDaemon() {}

    /** Takes {@code serve --memory FILE} and further options of {@code serve}. */
    public static void main(String[] args) {
        Path broken = Path.of(args[2]).resolveSibling(BROKEN);
        MemoryObserver device =
                new MemoryObserver() {
                    @Override
                    public void forcing(long fileOffset, long bytes) {
                        if (Files.exists(broken)) {
                            throw StoreException.of(Errno.EIO, "the device is broken");
                        }
                    }
                };
        System.exit(
                new CommandLine(new ServeCommand(device, Sources.ofProcess()))
                        .setExecutionExceptionHandler(new Failures())
                        .execute(Arrays.copyOfRange(args, 1, args.length)));
    }
}
