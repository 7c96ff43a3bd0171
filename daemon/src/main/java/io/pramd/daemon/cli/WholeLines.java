package io.pramd.daemon.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;

/**
 * One owner. Appends to a file lines that are in it whole, or not at all. What cannot be written is
 * told of and dropped, and the next line is tried again: a write never fails.
 */
final class WholeLines extends OutputStream {
    /** More than any line has, and a whole block of the file system. */
    private static final int ROOM_BYTES = 4096;

    private final Path file;
    private final Listener listener;
    private FileOutputStream out; // null: to be opened
    private Object fileKey; // of what is open
    private boolean isFailing;

    /** Hears of each line. */
    interface Listener {
        /** The line is lost. */
        void lost(IOException cause);

        void written();
    }

    /**
     * @param isFailing whether the line before this file's first one was lost
     */
    WholeLines(Path file, boolean isFailing, Listener listener) {
        this.file = file;
        this.isFailing = isFailing;
        this.listener = listener;
    }

    /** One line, with its end. */
    @Override
    public void write(byte[] line) {
        try {
            appendThroughInterrupts(line);
        } catch (IOException e) {
            isFailing = true;
            closeQuietly();
            listener.lost(e);
            return;
        }
        isFailing = false;
        listener.written();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        write(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b});
    }

    /**
     * The end of the log interrupts who writes it, to have the lines written that wait; but an
     * interrupt closes the file, before a line and before each that follows.
     */
    private void appendThroughInterrupts(byte[] line) throws IOException {
        boolean isInterrupted = false;
        boolean isAppended = false;
        try {
            while (!isAppended) {
                isInterrupted |= Thread.interrupted();
                try {
                    append(line);
                    isAppended = true;
                } catch (ClosedByInterruptException e) {
                    closeQuietly(); // nothing of the line is in it
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void append(byte[] line) throws IOException {
        if (out != null && isElsewhere()) {
            closeQuietly();
        }
        if (out == null) {
            out = new FileOutputStream(file.toFile(), true);
            fileKey = keyOfName();
            endTheLast();
        }
        FileChannel written = out.getChannel();
        long end = written.size();
        try {
            if (isFailing) { // a short line that fits by chance is not the end of it
                out.write(new byte[ROOM_BYTES]);
                written.truncate(end);
            }
            out.write(line);
        } catch (IOException e) {
            cutQuietly(written, end, e);
            throw e;
        }
    }

    /** Somebody has moved the file away, and perhaps put another there: that one gets the lines. */
    private boolean isElsewhere() {
        try {
            return !Objects.equals(keyOfName(), fileKey);
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            return false; // nobody can tell: what is open can still be written
        }
    }

    private Object keyOfName() throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** A kill, or a cut that failed, may have left half a line. */
    private void endTheLast() throws IOException {
        try (RandomAccessFile written = new RandomAccessFile(file.toFile(), "r")) {
            if (written.length() == 0) {
                return;
            }
            written.seek(written.length() - 1);
            if (written.read() == '\n') {
                return;
            }
        }
        out.write("\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static void cutQuietly(FileChannel written, long bytes, IOException first) {
        try {
            written.truncate(bytes);
        } catch (IOException e) {
            first.addSuppressed(e);
        }
    }

    private void closeQuietly() {
        try {
            close();
        } catch (IOException e) {
            // the descriptor is gone all the same
        }
    }

    @Override
    public void close() throws IOException {
        if (out != null) {
            OutputStream open = out;
            out = null;
            open.close();
        }
    }
}
