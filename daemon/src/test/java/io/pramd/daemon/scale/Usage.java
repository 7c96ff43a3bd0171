package io.pramd.daemon.scale;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Immutable. What this process holds at a moment.
 *
 * @param heapBytes alive, after a collection
 * @param nativeBytes of memory segments and of what else Java code allocates outside the heap; 0
 *     when the JVM does not track it
 * @param anonymousBytes of the process that no file backs, the heap's unused part included
 */
record Usage(long heapBytes, long nativeBytes, long anonymousBytes) {
    private static final Pattern OTHER =
            Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");
    private static final Pattern ANONYMOUS = Pattern.compile("RssAnon:\\s+(\\d+) kB");
    private static final int COLLECTIONS = 3;
    private static final long RELEASE_NANOS = 200_000_000;

    static Usage now() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            LockSupport.parkNanos(
                    RELEASE_NANOS); // what is not reachable is freed by another thread
        }
        var memory = ManagementFactory.getMemoryMXBean();
        return new Usage(memory.getHeapMemoryUsage().getUsed(), tracked(), anonymous());
    }

    private static long tracked() {
        try {
            Object[] arguments = {new String[] {"summary"}};
            String[] types = {String[].class.getName()};
            Object text =
                    ManagementFactory.getPlatformMBeanServer()
                            .invoke(
                                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                    "vmNativeMemory",
                                    arguments,
                                    types);
            return kibibytes(OTHER, text.toString());
        } catch (JMException e) {
            throw new IllegalStateException("the JVM does not say what it has allocated", e);
        }
    }

    static long anonymous() {
        try {
            return kibibytes(ANONYMOUS, Files.readString(Path.of("/proc/self/status")));
        } catch (IOException e) {
            throw new IllegalStateException("the kernel does not say what the process holds", e);
        }
    }

    private static long kibibytes(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        return found.find() ? Long.parseLong(found.group(1)) << 10 : 0;
    }

    /** CPU time of all threads of this process so far. */
    static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
