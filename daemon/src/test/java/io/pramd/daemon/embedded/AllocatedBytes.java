package io.pramd.daemon.embedded;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Immutable: what threads of this JVM have allocated in the heap so far, as long as they live.
 *
 * @param daemon by the threads of all daemons in this JVM
 * @param client by the event loops of all clients, and by the thread that asks
 */
record AllocatedBytes(long daemon, long client) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static AllocatedBytes now() {
        return new AllocatedBytes(
                byThreads("pramd-"),
                byThreads("pram-client") + THREADS.getCurrentThreadAllocatedBytes());
    }

    AllocatedBytes minus(AllocatedBytes earlier) {
        return new AllocatedBytes(daemon - earlier.daemon, client - earlier.client);
    }

    private static long byThreads(String prefix) {
        long[] ids =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith(prefix))
                        .mapToLong(Thread::threadId)
                        .toArray();
        return Arrays.stream(THREADS.getThreadAllocatedBytes(ids))
                .filter(bytes -> bytes > 0) // -1: it has ended meanwhile
                .sum();
    }
}
