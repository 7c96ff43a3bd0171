package io.pramd.daemon.bench;

import java.util.Collection;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Immutable. Several measurements of one thing: the middle one and the range. */
record Spread(double median, double min, double max) {

    static <T> Spread of(Collection<T> measured, ToDoubleFunction<T> value) {
        List<Double> sorted = measured.stream().mapToDouble(value).sorted().boxed().toList();
        return new Spread(sorted.get(sorted.size() / 2), sorted.getFirst(), sorted.getLast());
    }
}
