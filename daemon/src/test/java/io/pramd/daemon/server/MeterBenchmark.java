package io.pramd.daemon.server;

import io.pramd.daemon.admin.Meters;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * One owner. What it costs to count and time a request, and without {@code --admin} to count it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class MeterBenchmark {
    private static final AuditLog.Doer DOER = new AuditLog.Doer(1, "127.0.0.1:1", "", "");

    private final Metering counting = new Metering(RequestMeter.NONE);
    private final Metering timing = new Metering(new Meters());

    @Benchmark
    public AuditEntry counted() {
        return entry(counting);
    }

    @Benchmark
    public AuditEntry timed() {
        return entry(timing);
    }

    private static AuditEntry entry(Metering metering) {
        AuditEntry entry = new AuditEntry(metering, AuditLog.OFF, DOER, "stat", "name");
        entry.ok(0);
        return entry;
    }

    /** Of a request that is no entry of the audit log. */
    @Benchmark
    public long finishTimed() {
        long begin = timing.begin();
        timing.answered("finish-save", begin);
        return begin;
    }
}
