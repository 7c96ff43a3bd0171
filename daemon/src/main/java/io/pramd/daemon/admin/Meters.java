package io.pramd.daemon.admin;

import io.pramd.daemon.node.StoreMeter;
import io.pramd.daemon.server.RequestMeter;
import io.pramd.protocol.Errno;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/**
 * Thread-safe: counts and times what a daemon does, as it does it. Every counter is there from the
 * start, so that nothing is allocated and nobody waits. What is made of it {@link Metrics} and
 * {@link History} say.
 */
public final class Meters implements RequestMeter, StoreMeter {
    static final long[] FINE_NANOS = Durations.fineBounds();

    /** From 25 us to 10 s: bounds that are among the fine ones. */
    static final long[] REQUEST_NANOS =
            micros(
                    25,
                    50,
                    100,
                    250,
                    500,
                    1000,
                    2500,
                    5000,
                    10_000,
                    25_000,
                    50_000,
                    100_000,
                    250_000,
                    500_000,
                    1_000_000,
                    2_500_000,
                    5_000_000,
                    10_000_000);

    /** From 100 us to 60 s. */
    static final long[] FORCE_NANOS =
            micros(
                    100,
                    250,
                    500,
                    1000,
                    2500,
                    5000,
                    10_000,
                    25_000,
                    50_000,
                    100_000,
                    250_000,
                    500_000,
                    1_000_000,
                    2_500_000,
                    5_000_000,
                    10_000_000,
                    30_000_000,
                    60_000_000);

    private final Map<String, OfVerb> verbs = new HashMap<>(); // filled once
    private final OfVerb others = new OfVerb(); // of verbs that have no name yet
    private final Durations commits = new Durations(FINE_NANOS);
    private final LongAdder changes = new LongAdder();
    private final Durations forces = new Durations(FORCE_NANOS);
    private final LongAccumulator longestForce = new LongAccumulator(Math::max, 0);

    /** Immutable: the counters of one verb. */
    record OfVerb(Durations durations, Map<String, LongAdder> results) {
        OfVerb() {
            this(new Durations(FINE_NANOS), new HashMap<>());
            results.put(OK, new LongAdder());
            results.put(ABORTED, new LongAdder());
            results.put(LOST, new LongAdder());
            for (Errno errno : Errno.values()) {
                results.put(errno.name(), new LongAdder());
            }
        }
    }

    public Meters() {
        VERBS.forEach(verb -> verbs.put(verb, new OfVerb()));
    }

    private static long[] micros(long... counts) {
        return LongStream.of(counts).map(TimeUnit.MICROSECONDS::toNanos).toArray();
    }

    @Override
    public void answered(String verb, String result, long nanos) {
        OfVerb counters = of(verb);
        counters.results().get(result).increment();
        counters.durations().add(nanos);
    }

    @Override
    public void committed(int changesMade, long nanos) {
        changes.add(changesMade);
        commits.add(nanos);
    }

    @Override
    public void forced(long nanos) {
        forces.add(nanos);
        longestForce.accumulate(nanos);
    }

    OfVerb of(String verb) {
        return verbs.getOrDefault(verb, others);
    }

    Durations commits() {
        return commits;
    }

    long changes() {
        return changes.sum();
    }

    Durations forces() {
        return forces;
    }

    /** The longest since this was asked before; 0: there was none. */
    long takeLongestForceNanos() {
        return longestForce.getThenReset();
    }
}
