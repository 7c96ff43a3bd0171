package io.pramd.client.cli;

import io.pramd.client.RejectedException;
import io.pramd.protocol.WireLimits;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** One owner: what a save reads: a file, a pipe, or stdin. */
final class Source implements AutoCloseable {
    /** Stands for stdin. */
    static final String STDIN = "-";

    private final String title;
    private final ReadableByteChannel channel;
    private final boolean isStdin;
    private final long bytes;

    private Source(String title, ReadableByteChannel channel, boolean isStdin, long bytes) {
        this.title = title;
        this.channel = channel;
        this.isStdin = isStdin;
        this.bytes = bytes;
    }

    /**
     * @param ifFolder what to do instead, where the file is a folder
     */
    static Source open(CommandIo io, String file, String ifFolder) {
        if (file.equals(STDIN)) {
            return new Source("stdin", io.in(), true, -1);
        }
        try {
            Path path = Path.of(file);
            if (Files.isDirectory(path)) {
                throw new LocalFailure(
                        "cannot read " + file + ": it is a folder (" + ifFolder + ")", null);
            }
            FileChannel channel = FileChannel.open(path);
            return new Source(
                    file, channel, false, Files.isRegularFile(path) ? channel.size() : -1);
        } catch (IOException | InvalidPathException e) {
            throw new LocalFailure("cannot read " + file, e);
        }
    }

    ReadableByteChannel channel() {
        return channel;
    }

    /** How many bytes there are; -1 when not known. */
    long bytes() {
        return bytes;
    }

    /** Throws EINVAL if the length is known and no multiple of a page. */
    void requireWholePages() {
        if (bytes > 0 && bytes % WireLimits.PAGE_BYTES != 0) {
            throw RejectedException.invalid(
                    title + " is not made of whole pages of 4096 bytes: bytes=" + bytes);
        }
    }

    @Override
    public String toString() {
        return title;
    }

    @Override
    public void close() {
        if (isStdin) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw new LocalFailure("cannot close " + title, e);
        }
    }
}
