package io.pramd.client.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One owner: stdout of a command, for the bytes of a node and for text. A PrintWriter keeps to
 * itself why a text was not written; here the first reason is kept until the command ends.
 */
final class Stdout {
    private final WritableByteChannel channel;
    private final Kept kept;
    private final PrintWriter text;

    Stdout(WritableByteChannel channel) {
        this.channel = channel;
        // as a stream, since a writer over a channel drops what a write leaves over
        kept = new Kept(Channels.newOutputStream(channel));
        text = new PrintWriter(new OutputStreamWriter(kept, StandardCharsets.UTF_8));
    }

    /** For bytes, unbuffered; who writes there gets the errors. */
    WritableByteChannel channel() {
        return channel;
    }

    /** For text, always the same; to be flushed, not closed. */
    PrintWriter text() {
        return text;
    }

    /** Why a text that was printed so far is not written, or not all of it; else null. */
    IOException failure() {
        text.flush();
        return kept.failure;
    }

    /**
     * Whether whoever reads the pipe has gone. Then nothing more is written: that is no failure.
     */
    boolean endsWithItsReader() {
        IOException failure = failure();
        boolean isGone =
                failure != null
                        && failure.getMessage() != null
                        && failure.getMessage().toLowerCase(Locale.ROOT).contains("broken pipe");
        if (isGone) {
            kept.failure = null;
        }
        return isGone;
    }

    /** One owner: keeps the first error, and takes nothing more behind it. */
    private static final class Kept extends OutputStream {
        private final OutputStream out;
        private IOException failure;
        private boolean isOver;

        Kept(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            if (isOver) {
                return; // text with a gap in it is worse than one that ends
            }
            try {
                out.write(bytes, offset, count);
            } catch (IOException e) {
                isOver = true;
                failure = e;
                throw e;
            }
        }
    }
}
