package io.pramd.daemon.bench;

import java.util.OptionalDouble;

/** One owner. Something that moves all the bytes of its work once. */
@FunctionalInterface
interface Job {
    Outcome run() throws Exception;

    /**
     * Immutable. What a job knows better than who looks on.
     *
     * @param latencies how many nanoseconds each call took; empty where that says nothing
     * @param seconds where starting the client is not part of it
     * @param clientCpu where the client is gone when the job is done
     */
    record Outcome(long[] latencies, OptionalDouble seconds, OptionalDouble clientCpu) {
        private static final Outcome PLAIN = of(new long[0]);

        static Outcome of(long[] latencies) {
            return new Outcome(latencies, OptionalDouble.empty(), OptionalDouble.empty());
        }

        static Outcome plain() {
            return PLAIN;
        }

        static Outcome of(double seconds, double clientCpu) {
            return new Outcome(
                    new long[0], OptionalDouble.of(seconds), OptionalDouble.of(clientCpu));
        }
    }
}
