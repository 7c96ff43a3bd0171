package io.pramd.daemon.torture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** One owner. What a process held at equal distances, and whether it holds more and more. */
final class Samples {
    private static final long ANON_GROWTH_KIB_MAX = 16 << 10;
    private static final long DIRECT_GROWTH_KIB_MAX = 8 << 10;
    private static final long DESCRIPTOR_GROWTH_MAX = 8;
    private static final long THREAD_GROWTH_MAX = 4;

    private final List<ProcessFigures> taken = new ArrayList<>();

    void add(ProcessFigures figures) {
        taken.add(figures);
    }

    int count() {
        return taken.size();
    }

    /** First, last and peak of each, and how much more the last quarter had than the second. */
    void describe(Map<String, Long> figures) {
        describe(figures, "anonKib", ProcessFigures::anonKib);
        describe(figures, "directKib", ProcessFigures::directKib);
        describe(figures, "descriptors", ProcessFigures::descriptors);
        describe(figures, "threads", ProcessFigures::threads);
    }

    private void describe(
            Map<String, Long> figures, String name, ToLongFunction<ProcessFigures> figure) {
        figures.put(name + "First", figure.applyAsLong(taken.getFirst()));
        figures.put(name + "Last", figure.applyAsLong(taken.getLast()));
        figures.put(name + "Peak", taken.stream().mapToLong(figure).max().orElse(0));
        figures.put(name + "Growth", growth(figure));
    }

    /** How many of them have grown since the warm-up, which is the first quarter. */
    long leaks() {
        long leaks = 0;
        leaks += growth(ProcessFigures::anonKib) > ANON_GROWTH_KIB_MAX ? 1 : 0;
        leaks += growth(ProcessFigures::directKib) > DIRECT_GROWTH_KIB_MAX ? 1 : 0;
        leaks += growth(ProcessFigures::descriptors) > DESCRIPTOR_GROWTH_MAX ? 1 : 0;
        leaks += growth(ProcessFigures::threads) > THREAD_GROWTH_MAX ? 1 : 0;
        return leaks;
    }

    /** The median of the last quarter less that of the second. */
    private long growth(ToLongFunction<ProcessFigures> figure) {
        int quarter = taken.size() / 4;
        if (quarter == 0) {
            return 0;
        }
        return median(taken.subList(taken.size() - quarter, taken.size()), figure)
                - median(taken.subList(quarter, 2 * quarter), figure);
    }

    private static long median(List<ProcessFigures> part, ToLongFunction<ProcessFigures> figure) {
        long[] values = part.stream().mapToLong(figure).toArray();
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
