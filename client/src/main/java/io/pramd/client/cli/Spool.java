package io.pramd.client.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One owner: bytes that are written once and then read, any number of times. Where they are many
 * they go into a temporary file, which nobody sees once it is closed.
 */
final class Spool implements AutoCloseable {
    private static final int HEAP_BYTES = 1 << 20;

    private final ByteBuffer window;
    private FileChannel file;
    private long readFrom;

    /**
     * @param bytesExpected so that a small one takes little
     */
    Spool(long bytesExpected) {
        window = ByteBuffer.allocate((int) Math.min(bytesExpected, HEAP_BYTES));
    }

    void write(byte[] bytes, int count) {
        for (int done = 0; done < count; ) {
            if (!window.hasRemaining()) {
                writeOut();
            }
            int part = Math.min(window.remaining(), count - done);
            window.put(bytes, done, part);
            done += part;
        }
    }

    /** Nothing more is written; what is read next is the first byte. */
    void complete() {
        if (file == null) {
            window.flip();
        } else {
            writeOut();
            again();
        }
    }

    /** What is read next is the first byte, again. */
    void again() {
        if (file == null) {
            window.position(0);
        } else {
            readFrom = 0;
            window.limit(0);
        }
    }

    /** So many bytes, which there are. */
    void read(byte[] target, int count) {
        for (int done = 0; done < count; ) {
            if (!window.hasRemaining()) {
                fill();
            }
            int part = Math.min(window.remaining(), count - done);
            window.get(target, done, part);
            done += part;
        }
    }

    @Override
    public void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                throw new LocalFailure("cannot close a temporary file", e);
            }
        }
    }

    private void writeOut() {
        try {
            if (file == null) {
                Path path = Files.createTempFile("pram-", ".tmp");
                file =
                        FileChannel.open(
                                path,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.DELETE_ON_CLOSE);
            }
            window.flip();
            while (window.hasRemaining()) {
                file.write(window);
            }
            window.clear();
        } catch (IOException e) {
            throw new LocalFailure("cannot write a temporary file", e);
        }
    }

    private void fill() {
        try {
            int read = file == null ? -1 : file.read(window.clear(), readFrom);
            if (read <= 0) {
                throw new IllegalStateException("read behind the end of a spool");
            }
            readFrom += read;
            window.flip();
        } catch (IOException e) {
            throw new LocalFailure("cannot read a temporary file", e);
        }
    }
}
