package io.pramd.daemon.server;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Immutable: how many files and sockets a process has open, and may.
 *
 * @param max at most; {@link Long#MAX_VALUE} where nobody says
 */
record Descriptors(long open, long max) {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Path OPEN = Path.of("/proc/self/fd");
    private static final String LIMIT_LINE = "Max open files";

    /** For files that are opened and closed again, and what libraries open when first used. */
    private static final int SPARE = 32;

    /** What a daemon has open before it listens: jars, the memory file, /proc; some to spare. */
    private static final int MIN = 64;

    /** What an event loop has open; there is one for each processor at most. */
    private static final int MIN_OF_PROCESSOR = 3;

    /** As the kernel tells it. */
    static Descriptors ofThisProcess() {
        try (Stream<Path> open = Files.list(OPEN)) {
            return new Descriptors(open.count(), max(Files.readString(LIMITS)));
        } catch (IOException e) {
            return new Descriptors(0, Long.MAX_VALUE); // no such system: accepting may fail then
        }
    }

    static long max(String limits) {
        return limits.lines()
                .filter(line -> line.startsWith(LIMIT_LINE))
                .map(line -> line.substring(LIMIT_LINE.length()).strip().split("\\s+")[0])
                .filter(soft -> soft.matches("[0-9]+"))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    /**
     * Whether a daemon can start at all with so many: what it needs beyond them it would miss
     * somewhere in the middle of that.
     *
     * @throws StoreException EINVAL
     */
    void requireEnough(int processors) {
        long min = MIN + (long) MIN_OF_PROCESSOR * processors;
        if (max < min) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "this process may not open enough descriptors to serve (ulimit -n,"
                            + " LimitNOFILE=): max="
                            + max
                            + " expected="
                            + min
                            + " or more");
        }
    }

    /**
     * So many of the connections wanted as leave descriptors to refuse as many again with a word;
     * at least one.
     *
     * @param others that will be open for something else
     */
    int connectionsMax(int wanted, int others) {
        long room = (max - open - SPARE - others) / 2;
        return (int) Math.max(1, Math.min(room, wanted));
    }
}
