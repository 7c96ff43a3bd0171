package io.pramd.client.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Immutable: the stdin of a process that was started without one. Its launcher has opened the null
 * device there, for writing only: else the first file that the JVM opens would be stdin.
 */
final class ClosedStdin implements ReadableByteChannel {
    private static final Path INFO = Path.of("/proc/self/fdinfo/0");
    private static final String FLAGS = "flags:";
    private static final int OCTAL = 8;
    private static final int ACCESS_MODE = 3;
    private static final int WRITE_ONLY = 1;

    /**
     * @param target where the link of descriptor 0 leads
     */
    static boolean isThere(String target) throws IOException {
        return target.equals("/dev/null")
                && Files.readAllLines(INFO).stream()
                        .filter(line -> line.startsWith(FLAGS))
                        .map(line -> line.substring(FLAGS.length()).strip())
                        .anyMatch(ClosedStdin::isWriteOnly);
    }

    private static boolean isWriteOnly(String flags) {
        return (Long.parseLong(flags, OCTAL) & ACCESS_MODE) == WRITE_ONLY;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        throw new IOException("it is closed");
    }

    @Override
    public boolean isOpen() {
        return false;
    }

    @Override
    public void close() {
        // it is
    }
}
