package io.pramd.client.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * One owner: writes an archive, a tar file: of each node a member that says what it is, with a line
 * for each page, and one with its bytes. The format is in docs/archive-format.md.
 */
final class ArchiveWriter {
    static final int FORMAT = 1;

    private static final int MODE = 0100600;

    private final Sink sink;
    private final Output out;
    private TarArchiveOutputStream tar;

    ArchiveWriter(Sink sink) {
        this.sink = sink;
        out = new Output(sink);
        tar = begin();
    }

    private TarArchiveOutputStream begin() {
        TarArchiveOutputStream stream =
                new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        stream.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        stream.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        stream.setAddPaxHeadersForNonAsciiNames(true);
        return stream;
    }

    /** A member that is known whole. */
    void member(String name, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        begin(name, bytes.length, System.currentTimeMillis());
        write(bytes, 0, bytes.length);
        end();
    }

    /** Begins a member, of which so many bytes are to be written. */
    void begin(String name, long bytes, long timeMillis) {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes);
        entry.setMode(MODE);
        entry.setIds(0, 0);
        entry.setUserName("");
        // whole seconds not before 1970: what every tar has room for
        entry.setModTime(FileTime.from(Instant.ofEpochSecond(Math.max(0, timeMillis / 1000))));
        try {
            tar.putArchiveEntry(entry);
        } catch (IOException e) {
            throw new LocalFailure("cannot write the archive", e);
        }
    }

    void write(byte[] bytes, int offset, int count) {
        try {
            tar.write(bytes, offset, count);
        } catch (IOException e) {
            throw new LocalFailure("cannot write the archive", e);
        }
    }

    void end() {
        try {
            tar.closeArchiveEntry();
        } catch (IOException e) {
            throw new LocalFailure("cannot write the archive", e);
        }
    }

    /** Ends the archive. */
    void finish() {
        try {
            tar.finish();
        } catch (IOException e) {
            throw new LocalFailure("cannot write the archive", e);
        }
        out.flush();
    }

    /** How far it is, between two members or behind the header of one. */
    long position() {
        return out.position();
    }

    /** Whether what was written can be changed: else it went to where nothing comes back from. */
    boolean isFile() {
        return sink.isFile();
    }

    /** Takes back whole members, and what there is of another one. */
    void backTo(long position) {
        out.backTo(position);
        tar = begin();
    }

    /** Rows of a table in place of those that were written before, at that place. */
    void rewrite(ByteBuffer rows, long position) {
        out.flush();
        sink.takeAt(rows, position);
    }

    /** One owner: gathers what tar writes in blocks of 512 bytes. */
    private static final class Output extends OutputStream {
        private final Sink sink;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
        private long flushed;

        Output(Sink sink) {
            this.sink = sink;
        }

        @Override
        public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) {
            for (int done = 0; done < count; ) {
                if (!buffer.hasRemaining()) {
                    flush();
                }
                int part = Math.min(buffer.remaining(), count - done);
                buffer.put(bytes, offset + done, part);
                done += part;
            }
        }

        @Override
        public void flush() {
            buffer.flip();
            flushed += buffer.remaining();
            sink.take(buffer);
            buffer.clear();
        }

        long position() {
            return flushed + buffer.position();
        }

        void backTo(long position) {
            if (position >= flushed) {
                buffer.position((int) (position - flushed));
            } else {
                buffer.clear();
                sink.backTo(position);
                flushed = position;
            }
        }
    }
}
