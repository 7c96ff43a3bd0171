package io.pramd.client.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** One owner. What a daemon writes to stderr, over all its starts. */
final class LogFile {
    private static final int TAIL_BYTES_MAX = 16 << 10;
    private static final int TAIL_LINES_MAX = 30;

    private final Path path;
    private long startOffset;

    LogFile(Path path) {
        this.path = path;
    }

    ProcessBuilder.Redirect redirect() {
        return ProcessBuilder.Redirect.appendTo(path.toFile());
    }

    /** What comes from here on belongs to another start. */
    void beginStart() {
        try {
            startOffset = Files.exists(path) ? Files.size(path) : 0;
        } catch (IOException e) {
            throw new PramdProcessException("cannot read the daemon's log: file=" + path, e);
        }
    }

    String text() {
        try {
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw new PramdProcessException(
                    "the daemon's log went with close(), which a log file of yours does not:"
                            + " file="
                            + path,
                    e);
        } catch (IOException e) {
            throw new PramdProcessException("cannot read the daemon's log: file=" + path, e);
        }
    }

    /** The last lines since the last start, as the end of an error's text. */
    String tail() {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(Math.max(startOffset, file.length() - TAIL_BYTES_MAX));
            byte[] bytes = new byte[(int) (file.length() - file.getFilePointer())];
            file.readFully(bytes);
            List<String> lines = new String(bytes, StandardCharsets.UTF_8).strip().lines().toList();
            if (lines.isEmpty()) {
                return "; it logged nothing";
            }
            int from = Math.max(0, lines.size() - TAIL_LINES_MAX);
            return "; its log ends with:\n" + String.join("\n", lines.subList(from, lines.size()));
        } catch (IOException e) {
            return "; its log cannot be read: " + e;
        }
    }
}
