package io.pramd.daemon.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Immutable. One verb of several contenders, round by round.
 *
 * @param amount how many units one sample moves
 * @param samples by the names of the contenders; the first is what the others stand beside
 */
record Series(String what, Unit unit, double amount, Map<String, List<Sample>> samples) {

    /** Whom the others stand beside. */
    String subject() {
        return samples.keySet().iterator().next();
    }

    /** The same rounds with another subject, and without the first one. */
    Series of(String otherSubject, String suffix) {
        Map<String, List<Sample>> own = new LinkedHashMap<>();
        own.put(otherSubject, samples.get(otherSubject));
        others().forEach(other -> own.putIfAbsent(other, samples.get(other)));
        return new Series(what + suffix, unit, amount, own);
    }

    List<String> others() {
        return samples.keySet().stream().skip(1).toList();
    }

    Spread rate(String contender) {
        return of(contender, sample -> amount / sample.seconds());
    }

    Spread millis(String contender) {
        return of(contender, sample -> sample.seconds() * 1e3);
    }

    /** Speed of the subject as a part of the other's in the same round. */
    Spread ratio(String other) {
        List<Sample> own = samples.get(subject());
        List<Sample> its = samples.get(other);
        return Spread.of(
                IntStream.range(0, own.size()).boxed().toList(),
                round -> its.get(round).seconds() / own.get(round).seconds());
    }

    /** Processor time that one unit costs. */
    Spread cpu(String contender, ToDoubleFunction<Sample> cpu) {
        return of(contender, sample -> cpu.applyAsDouble(sample) / amount * unit.cpuPerSecond());
    }

    boolean hasLatencies(String contender) {
        return samples.get(contender).getFirst().latencies().length > 0;
    }

    Spread latencyMicros(String contender, double share) {
        return of(contender, sample -> sample.latencyMicros(share));
    }

    /**
     * The latency that so much of the calls of all rounds stay within, in microseconds: of what is
     * rare it says more than a median of rounds.
     */
    double latencyMicrosOfAll(String contender, double share) {
        long[] all =
                samples.get(contender).stream()
                        .flatMapToLong(sample -> Arrays.stream(sample.latencies()))
                        .sorted()
                        .toArray();
        return Sample.micros(all, share);
    }

    /** How much of the subject's processor time went into compiling. */
    Spread compilerShare() {
        return of(subject(), Sample::compilerShare);
    }

    /** How many cores everybody else has used meanwhile. */
    Spread otherCores() {
        return of(subject(), sample -> sample.otherCpu() / sample.seconds());
    }

    Spread of(String contender, ToDoubleFunction<Sample> value) {
        return Spread.of(samples.get(contender), value);
    }
}
