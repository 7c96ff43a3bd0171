package io.pramd.client.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.pramd.client.PramException;
import io.pramd.client.PramListener;
import io.pramd.client.PramUri;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe: a {@link PramListener} that counts into a Micrometer registry. A program that uses
 * it has micrometer-core among its own dependencies.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><td>{@code pram.calls}</td><td>timer by verb and result</td></tr>
 * <tr><td>{@code pram.bytes}</td><td>summary of bytes moved by a stream, by verb</td></tr>
 * <tr><td>{@code pram.retries}</td><td>counter by verb and errno</td></tr>
 * <tr><td>{@code pram.connections.opened}, {@code pram.connections.lost}</td><td>counters</td></tr>
 * <tr><td>{@code pram.departures}</td><td>counter: the daemon has said that it is going away</td></tr>
 * </table>
 */
public final class PramMeters implements PramListener {
    private static final String VERB = "verb";

    private final MeterRegistry registry;
    private final Counter opened;
    private final Counter lost;
    private final Counter departures;

    public PramMeters(MeterRegistry registry) {
        this.registry = registry;
        opened = registry.counter("pram.connections.opened");
        lost = registry.counter("pram.connections.lost");
        departures = registry.counter("pram.departures");
    }

    @Override
    public void connected(PramUri daemon) {
        opened.increment();
    }

    @Override
    public void lost(PramUri daemon, String reason) {
        lost.increment();
    }

    @Override
    public void goingAway(PramUri daemon, Duration retryAfter) {
        departures.increment();
    }

    @Override
    public void retried(String verb, String name, int attempt, PramException reason) {
        Tags tags = Tags.of(VERB, verb, "errno", reason.errno().name());
        registry.counter("pram.retries", tags).increment();
    }

    @Override
    public void ended(Ended call) {
        String result = call.result().name().toLowerCase(Locale.ROOT);
        Timer.builder("pram.calls")
                .tags(VERB, call.verb(), "result", result)
                .register(registry)
                .record(call.nanos(), TimeUnit.NANOSECONDS);
        if (call.bytes() > 0) {
            DistributionSummary.builder("pram.bytes")
                    .baseUnit("bytes")
                    .tags(VERB, call.verb())
                    .register(registry)
                    .record(call.bytes());
        }
    }
}
