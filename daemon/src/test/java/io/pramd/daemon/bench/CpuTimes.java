package io.pramd.daemon.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Immutable. Reads from /proc how much processor time has been used so far, in seconds. */
final class CpuTimes {
    private static final double TICKS_PER_SECOND = 100;
    private static final String COMPILER = " CompilerThre"; // as much as the kernel keeps of it
    private static final int USER = 11; // counted from behind the name of the command
    private static final int SYSTEM = 12;
    private static final int IDLE = 3;
    private static final int IO_WAIT = 4;
    private static final int STEAL = 7;

    private CpuTimes() {}

    /** Of all threads that a process has, or had. */
    static double ofProcess(long pid) {
        return ofStat(read("/proc/" + pid + "/stat"));
    }

    /** Of the children of a process that have ended, and of theirs. */
    static double ofEndedChildren(long pid) {
        String stat = read("/proc/" + pid + "/stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[USER + 2]) + Long.parseLong(fields[SYSTEM + 2]))
                / TICKS_PER_SECOND;
    }

    /** Of a process and its children. */
    static double ofTree(long pid) {
        return tree(pid).mapToDouble(CpuTimes::ofProcessOrNone).sum();
    }

    /** A process and its children; their ids. */
    static Stream<Long> tree(long pid) {
        Stream<Long> children =
                ProcessHandle.of(pid).stream()
                        .flatMap(ProcessHandle::descendants)
                        .map(ProcessHandle::pid);
        return Stream.concat(Stream.of(pid), children);
    }

    private static double ofProcessOrNone(long pid) {
        try {
            return ofStat(Files.readString(Path.of("/proc/" + pid + "/stat")));
        } catch (IOException e) {
            return 0; // it has ended
        }
    }

    /** Of the threads in a JVM that compile, as far as they still live. */
    static double ofCompilers(long pid) {
        double seconds = 0;
        for (File thread : new File("/proc/" + pid + "/task").listFiles()) {
            try {
                String stat = Files.readString(thread.toPath().resolve("stat"));
                seconds += stat.contains(COMPILER) ? ofStat(stat) : 0;
            } catch (IOException e) {
                continue; // it has ended
            }
        }
        return seconds;
    }

    private static double ofStat(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])) / TICKS_PER_SECOND;
    }

    /** Of all processes, and of the kernel for them. */
    static double ofMachine() {
        String[] fields = read("/proc/stat").lines().findFirst().orElseThrow().split(" +");
        long busy = 0;
        for (int i = 0; i < STEAL; i++) {
            busy += i == IDLE || i == IO_WAIT ? 0 : Long.parseLong(fields[i + 1]);
        }
        return busy / TICKS_PER_SECOND;
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
