package io.pramd.daemon.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Immutable. What a server and its children occupy.
 *
 * @param peakBytes the most that was resident so far, mapped files included
 * @param anonymousBytes resident now and of no file
 */
record Footprint(long peakBytes, long anonymousBytes) {

    static Footprint of(long serverPid) {
        return CpuTimes.tree(serverPid)
                .map(Footprint::ofProcess)
                .reduce(new Footprint(0, 0), Footprint::plus);
    }

    private Footprint plus(Footprint other) {
        return new Footprint(peakBytes + other.peakBytes, anonymousBytes + other.anonymousBytes);
    }

    private static Footprint ofProcess(long pid) {
        try {
            String status = Files.readString(Path.of("/proc/" + pid + "/status"));
            return new Footprint(bytes(status, "VmHWM:"), bytes(status, "RssAnon:"));
        } catch (NoSuchFileException e) {
            return new Footprint(0, 0); // a child that has ended
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long bytes(String status, String field) {
        return status.lines()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                .sum();
    }
}
