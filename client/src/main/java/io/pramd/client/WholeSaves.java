package io.pramd.client;

import io.pramd.protocol.StreamType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Thread-safe: saves that are begun, filled and finished in one call, and done again from their
 * beginning where the source allows it.
 */
final class WholeSaves {
    private final Connections connections;

    WholeSaves(Connections connections) {
        this.connections = connections;
    }

    /** From a source that can be read once: what is lost on the way is not tried again. */
    <X extends Exception> long save(String name, SaveOptions options, StreamWriter<X> writer)
            throws X {
        return fillAndFinish(PageUpload.open(connections, name, StreamType.BYTE, options), writer);
    }

    /** From bytes, which can be read again; their position stays. */
    long save(String name, SaveOptions options, ByteBuffer bytes) {
        return repeated(name, options, bytes.remaining(), out -> out.write(bytes.duplicate()));
    }

    /** From a file, which can be read again. */
    long save(String name, SaveOptions options, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return repeated(name, options, channel.size(), out -> copy(channel, out));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void copy(FileChannel channel, SaveStream out) {
        try {
            channel.position(0);
            while (out.transferFrom(channel, Long.MAX_VALUE) >= 0) {}
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long repeated(
            String name, SaveOptions options, long bytes, StreamWriter<RuntimeException> writer) {
        SaveOptions sized =
                options.declaredBytes() == SaveOptions.BYTES_UNKNOWN
                        ? options.withDeclaredBytes(bytes)
                        : options;
        Call call = PageUpload.call(connections, name, options);
        long beginNanos = System.nanoTime();
        PramListener.Result result = PramListener.Result.GIVEN_UP;
        try {
            long sequence = attempts(sized, call, writer);
            result = PramListener.Result.DONE;
            return sequence;
        } catch (PramException e) {
            result = PramListener.Result.of(e);
            throw e;
        } finally {
            connections.listeners().ended(call, result, bytes, beginNanos);
        }
    }

    private long attempts(SaveOptions options, Call call, StreamWriter<RuntimeException> writer) {
        SaveAttempts attempts = new SaveAttempts(connections, options, call);
        while (true) {
            try {
                return fillAndFinish(PageUpload.begin(connections, attempts.next(), call), writer);
            } catch (PramException e) {
                attempts.pauseOrThrow(e);
            }
        }
    }

    private static <X extends Exception> long fillAndFinish(
            PageUpload upload, StreamWriter<X> writer) throws X {
        boolean written = false;
        try {
            writer.writeTo(SaveStream.lent(upload));
            written = true;
        } finally {
            if (!written) {
                upload.discard();
            }
        }
        return upload.finish();
    }
}
