package io.pramd.daemon.bench;

import io.pramd.daemon.bench.BenchCase.Measured;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Immutable. What pramd is to reach, and how a run shows whether it does.
 *
 * @param id of the group of goals
 * @param kind whether more or less is better, and what is counted
 * @param cases that show it, the best first
 */
record Goal(
        String id, String what, Kind kind, Bounds bounds, List<CaseName> cases, Measure measure) {

    /** Immutable. How its number is read. */
    enum Kind {
        AT_LEAST(true, "x"),
        AT_MOST(false, "x"),
        AT_MOST_MILLIS(false, "ms"),
        AT_MOST_SECONDS(false, "s/GiB");

        private final boolean moreIsBetter;
        private final String unit;

        Kind(boolean moreIsBetter, String unit) {
            this.moreIsBetter = moreIsBetter;
            this.unit = unit;
        }

        boolean reaches(double value, double bound) {
            return moreIsBetter ? value >= bound : value <= bound;
        }

        String sign() {
            return moreIsBetter ? ">=" : "<=";
        }

        String unit() {
            return unit;
        }
    }

    /** Immutable. What is asked, and what would be better still; either may be null. */
    record Bounds(Double goal, Double stretch) {}

    /** Immutable. Finds its number in what a run has measured. */
    @FunctionalInterface
    interface Measure {
        Optional<Spread> of(Measured measured);
    }

    /**
     * Immutable. What came of it.
     *
     * @param by the case that shows it; null when none of the run did
     */
    record Verdict(Goal goal, CaseName by, Spread measured) {
        boolean isMeasured() {
            return by != null;
        }

        String reached() {
            return judged(goal.bounds().goal());
        }

        String stretchReached() {
            return judged(goal.bounds().stretch());
        }

        private String judged(Double bound) {
            if (!isMeasured() || bound == null) {
                return "";
            }
            return goal.kind().reaches(measured.median(), bound) ? "yes" : "no";
        }
    }

    /** By the first of its cases that has the number. */
    Verdict judge(Map<CaseName, Measured> run) {
        for (CaseName each : cases) {
            Optional<Spread> found = Optional.ofNullable(run.get(each)).flatMap(measure::of);
            if (found.isPresent()) {
                return new Verdict(this, each, found.get());
            }
        }
        return new Verdict(this, null, null);
    }
}
