package io.pramd.daemon.torture;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import java.util.stream.Collectors;

/** Thread-safe. What a client process has counted, on its way to the one that started it. */
final class KillTally {
    private final Map<String, Long> counts = new TreeMap<>();

    synchronized void add(String figure, long count) {
        counts.merge(figure, count, Long::sum);
    }

    /** All that was counted, in one line. */
    @Override
    public synchronized String toString() {
        return counts.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    }

    /** Reads such a line. */
    static void parse(String line, ObjLongConsumer<String> figures) {
        for (String word : line.split(" ")) {
            String[] parts = word.split("=");
            if (parts.length == 2) {
                figures.accept(parts[0], Long.parseLong(parts[1]));
            }
        }
    }
}
