package io.pramd.daemon.bench;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Immutable. One verb of pramd beside the plain socket, round by round.
 *
 * @param amount how many units one sample moves
 */
record Series(String what, Unit unit, double amount, List<Round> rounds) {

    /** Immutable. Both, right after each other. */
    record Round(Sample plain, Sample pramd) {}

    Spread rate(Function<Round, Sample> side) {
        return Spread.of(rounds, round -> amount / side.apply(round).seconds());
    }

    /** Throughput of pramd as a part of the plain socket's in the same round. */
    Spread ratio() {
        return Spread.of(rounds, round -> round.plain().seconds() / round.pramd().seconds());
    }

    /** Processor time that one unit costs. */
    Spread cpu(Function<Round, Sample> side, ToDoubleFunction<Sample> cpu) {
        return Spread.of(
                rounds,
                round -> cpu.applyAsDouble(side.apply(round)) / amount * unit.cpuPerSecond());
    }

    boolean hasLatencies() {
        return rounds.getFirst().pramd().latencies().length > 0;
    }

    Spread latencyMicros(Function<Round, Sample> side, double share) {
        return Spread.of(rounds, round -> side.apply(round).latencyMicros(share));
    }

    /** How much of pramd's processor time went into compiling. */
    Spread compilerShare() {
        return Spread.of(rounds, round -> round.pramd().compilerShare());
    }

    /** How many cores everybody else has used meanwhile. */
    Spread otherCores() {
        return Spread.of(rounds, round -> round.pramd().otherCpu() / round.pramd().seconds());
    }
}
