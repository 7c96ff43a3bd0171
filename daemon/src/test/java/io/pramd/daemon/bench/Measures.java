package io.pramd.daemon.bench;

import io.pramd.daemon.bench.BenchCase.Measured;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Immutable. The ways in which goals find their numbers in the rows of a case. */
final class Measures {
    private static final double P50 = 0.5;
    private static final double P99 = 0.99;

    private Measures() {}

    /** How many times as fast as the other, round by round. */
    static Goal.Measure speed(String row, String own, String other) {
        return seconds(row, other, own);
    }

    /** The time that it takes as a part of the other's. */
    static Goal.Measure seconds(String row, String own, String other) {
        return ratio(row, own, other, Sample::seconds);
    }

    static Goal.Measure p50(String row, String own, String other) {
        return ratio(row, own, other, sample -> latency(sample, P50));
    }

    static Goal.Measure p99(String row, String own, String other) {
        return ratio(row, own, other, sample -> latency(sample, P99));
    }

    private static double latency(Sample sample, double share) {
        return sample.latencies().length == 0 ? 0 : sample.latencyMicros(share);
    }

    private static Goal.Measure ratio(
            String row, String own, String other, ToDoubleFunction<Sample> value) {
        return measured ->
                row(measured, row)
                        .filter(found -> found.samples().containsKey(own))
                        .filter(found -> found.samples().containsKey(other))
                        .flatMap(
                                found ->
                                        roundByRound(
                                                found.samples().get(own),
                                                found.samples().get(other),
                                                value));
    }

    private static Optional<Spread> roundByRound(
            List<Sample> own, List<Sample> its, ToDoubleFunction<Sample> value) {
        List<Double> ratios =
                IntStream.range(0, own.size())
                        .filter(round -> value.applyAsDouble(its.get(round)) > 0)
                        .mapToObj(
                                round ->
                                        value.applyAsDouble(own.get(round))
                                                / value.applyAsDouble(its.get(round)))
                        .toList();
        return ratios.isEmpty() ? Optional.empty() : Optional.of(Spread.of(ratios, each -> each));
    }

    /** The server's processor time that a unit costs. */
    static Goal.Measure serverCpu(String row, String contender) {
        return measured ->
                row(measured, row)
                        .filter(found -> found.samples().containsKey(contender))
                        .map(found -> found.cpu(contender, Sample::serverCpu));
    }

    /** The server's processor time as a part of the other's. */
    static Goal.Measure serverCpuRatio(String row, String own, String other) {
        return measured ->
                row(measured, row)
                        .filter(found -> found.samples().containsKey(own))
                        .filter(found -> found.samples().containsKey(other))
                        .flatMap(
                                found ->
                                        cpuRatio(
                                                found.samples().get(own),
                                                found.samples().get(other)));
    }

    /** Processor times come in steps, so the middle is that of all rounds together. */
    private static Optional<Spread> cpuRatio(List<Sample> own, List<Sample> its) {
        double all = its.stream().mapToDouble(Sample::serverCpu).sum();
        if (all == 0) {
            return Optional.empty();
        }
        double median = own.stream().mapToDouble(Sample::serverCpu).sum() / all;
        Spread range =
                roundByRound(own, its, Sample::serverCpu)
                        .orElse(new Spread(median, median, median));
        return Optional.of(
                new Spread(median, Math.min(median, range.min()), Math.max(median, range.max())));
    }

    /** What the server's processor time is at the last of the steps as a part of the first's. */
    static Goal.Measure growth(String verb) {
        return measured -> {
            List<Series> steps =
                    measured.series().stream()
                            .filter(each -> each.what().startsWith(verb + ","))
                            .toList();
            if (steps.size() < 2) {
                return Optional.empty();
            }
            Series first = steps.getFirst();
            Series last = steps.getLast();
            return cpuRatio(
                    last.samples().get(last.subject()), first.samples().get(first.subject()));
        };
    }

    static Goal.Measure millis(String row, String contender) {
        return measured ->
                row(measured, row)
                        .filter(found -> found.samples().containsKey(contender))
                        .map(found -> found.millis(contender));
    }

    private static Optional<Series> row(Measured measured, String what) {
        return measured.series().stream().filter(each -> each.what().equals(what)).findFirst();
    }
}
