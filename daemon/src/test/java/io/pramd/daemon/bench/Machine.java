package io.pramd.daemon.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Immutable. What a run was measured on, without what would name the machine.
 *
 * @param kernel without what its builder has added to the version
 */
record Machine(int cores, String processor, long memoryGibibytes, String kernel, String java) {

    static Machine ofThis() throws IOException {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                field("/proc/cpuinfo", "model name"),
                Math.round(
                        Long.parseLong(field("/proc/meminfo", "MemTotal").replace(" kB", ""))
                                / (double) (1 << 20)),
                System.getProperty("os.version").replaceFirst("-.*", ""),
                System.getProperty("java.version") + " " + System.getProperty("java.vendor"));
    }

    /** What could be had without swapping now. */
    static long availableMebibytes() throws IOException {
        return Long.parseLong(field("/proc/meminfo", "MemAvailable").replace(" kB", "")) >> 10;
    }

    /** The value of a line like {@code name: value}. */
    private static String field(String file, String name) throws IOException {
        return Files.readString(Path.of(file))
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    /** In a line of text. */
    String line() {
        return String.format(
                "%d cores (%s), %d GiB, Linux %s, Java %s",
                cores, processor, memoryGibibytes, kernel, java);
    }
}
