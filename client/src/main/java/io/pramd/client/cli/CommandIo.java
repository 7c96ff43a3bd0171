package io.pramd.client.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Immutable: where a command reads and writes, and which of it is a terminal.
 *
 * @param in data in, unbuffered
 * @param out data and results out
 * @param err messages for people
 * @param inIsTerminal someone types
 * @param outIsTerminal someone reads what is printed
 * @param errIsTerminal someone sees the progress
 */
record CommandIo(
        ReadableByteChannel in,
        Stdout out,
        PrintWriter err,
        boolean inIsTerminal,
        boolean outIsTerminal,
        boolean errIsTerminal) {

    private static final int STDIN = 0;
    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    /** Of this process. */
    @SuppressWarnings("resource") // they are never closed: the process ends
    static CommandIo ofProcess() {
        return new CommandIo(
                stdin(),
                new Stdout(new FileOutputStream(FileDescriptor.out).getChannel()),
                new PrintWriter(
                        new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                isTerminal(STDIN),
                isTerminal(STDOUT),
                isTerminal(STDERR));
    }

    /** Takes text to {@link #out}; to be flushed, not closed. */
    PrintWriter text() {
        return out.text();
    }

    private static ReadableByteChannel stdin() {
        try {
            if (ClosedStdin.isThere(target(STDIN))) {
                return new ClosedStdin();
            }
        } catch (IOException e) {
            // no /proc: a read tells
        }
        return new FileInputStream(FileDescriptor.in).getChannel();
    }

    private static String target(int descriptor) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String target = target(descriptor);
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException e) {
            return System.console() != null; // no /proc: all three or none
        }
    }
}
