package io.pramd.daemon.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Immutable. What a JVM holds of its machine at one moment, by /proc and by its native memory
 * tracking, which it must have been started with.
 *
 * @param anonKib resident memory that is no file's: heap, direct buffers, code, stacks
 * @param directKib of it, what buffers outside the heap have
 * @param descriptors open files and sockets
 */
record ProcessFigures(long anonKib, long directKib, long descriptors, long threads) {
    /** How to start a JVM whose figures mean something: the heap is there from the beginning. */
    static final String JVM_OPTIONS =
            "-XX:NativeMemoryTracking=summary -Xms192m -Xmx192m -XX:+AlwaysPreTouch"
                    + " -XX:MaxDirectMemorySize=128m";

    private static final Pattern DIRECT =
            Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");

    static ProcessFigures of(long pid) throws IOException {
        String status = Files.readString(Path.of("/proc/" + pid + "/status"));
        return new ProcessFigures(
                number("RssAnon:\\s+(\\d+) kB", status),
                directKib(pid),
                descriptors(pid),
                number("Threads:\\s+(\\d+)", status));
    }

    /** The larger of each. */
    ProcessFigures most(ProcessFigures other) {
        return new ProcessFigures(
                Math.max(anonKib, other.anonKib),
                Math.max(directKib, other.directKib),
                Math.max(descriptors, other.descriptors),
                Math.max(threads, other.threads));
    }

    static long descriptors(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        }
    }

    private static long directKib(long pid) throws IOException {
        Process jcmd =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/jcmd",
                                Long.toString(pid),
                                "VM.native_memory",
                                "summary")
                        .redirectErrorStream(true)
                        .start();
        try (BufferedReader answer = jcmd.inputReader()) {
            long direct = 0;
            for (String line = answer.readLine(); line != null; line = answer.readLine()) {
                Matcher matcher = DIRECT.matcher(line);
                direct = matcher.find() ? Long.parseLong(matcher.group(1)) : direct;
            }
            return direct;
        }
    }

    private static long number(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern + " in " + text);
        }
        return Long.parseLong(matcher.group(1));
    }
}
