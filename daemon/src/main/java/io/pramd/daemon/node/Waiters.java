package io.pramd.daemon.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One owner: guarded by the {@link NodeTable}'s monitor. Who waits for a name to become ready. */
final class Waiters {
    private final Map<String, List<Runnable>> byName = new HashMap<>();

    void add(String name, Runnable waiter) {
        byName.computeIfAbsent(name, key -> new ArrayList<>()).add(waiter);
    }

    void remove(String name, Runnable waiter) {
        List<Runnable> waiters = byName.get(name);
        if (waiters != null && waiters.remove(waiter) && waiters.isEmpty()) {
            byName.remove(name);
        }
    }

    /** All that waited for the name; they try again, outside the monitor. */
    List<Runnable> take(String name) {
        List<Runnable> waiters = byName.remove(name);
        return waiters == null ? List.of() : waiters;
    }
}
