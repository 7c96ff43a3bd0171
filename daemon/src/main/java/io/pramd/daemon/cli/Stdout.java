package io.pramd.daemon.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * One owner: text to stdout, which the usual writers lose without a word where it cannot be
 * written. What printed it asks for the failure, or else the command does at its end.
 */
final class Stdout extends PrintWriter {
    private final Kept kept;

    Stdout(OutputStream out) {
        this(new Kept(out));
    }

    private Stdout(Kept kept) {
        super(new OutputStreamWriter(kept, StandardCharsets.UTF_8));
        this.kept = kept;
    }

    /** Of this process; never closed. */
    static Stdout ofProcess() {
        return new Stdout(new FileOutputStream(FileDescriptor.out));
    }

    /** Why not all of what was printed is written; says it once. */
    static Optional<String> failureOf(PrintWriter out) {
        if (!out.checkError()) {
            return Optional.empty();
        }
        if (!(out instanceof Stdout stdout)) {
            return Optional.of("the writer failed");
        }
        stdout.clearError();
        return Optional.of(String.valueOf(stdout.kept.failure.getMessage()));
    }

    /** Whether that is the failure of a pipe that nobody reads any more. */
    static boolean isReaderGone(String failure) {
        return failure.toLowerCase(Locale.ROOT).contains("broken pipe");
    }

    /** One owner: keeps the first error, and takes nothing more behind it. */
    private static final class Kept extends OutputStream {
        private final OutputStream out;
        private IOException failure;

        Kept(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            if (failure != null) {
                return; // text with a gap in it is worse than one that ends
            }
            try {
                out.write(bytes, offset, count);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }
}
