package io.pramd.daemon.cli;

import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;

/**
 * Immutable. {@code pramd serve} on a device that fails: no force succeeds any more once a file
 * named {@link #BROKEN} lies beside the memory file.
 */
public final class FailingDeviceDaemon {
    public static final String BROKEN = "device-is-broken";

    private FailingDeviceDaemon() {}

    /** Takes the options of {@code serve}, {@code --memory FILE} first. */
    public static void main(String[] args) {
        Path broken = Path.of(args[1]).resolveSibling(BROKEN);
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
                new CommandLine(new ServeCommand(device))
                        .setExecutionExceptionHandler(new Failures())
                        .execute(args));
    }
}
