package io.pramd.daemon.bench;

/**
 * Immutable. What one measured job took, in seconds.
 *
 * @param serverCpu processor time of the daemon, or of what stands in its place
 * @param clientCpu processor time of its client
 * @param compilerCpu what of both the JVMs' compilers used
 * @param otherCpu processor time of everybody else meanwhile
 * @param latencies of the single calls in nanoseconds, in rising order; empty for one stream
 * @param footprint of the server, after the job
 */
record Sample(
        double seconds,
        double serverCpu,
        double clientCpu,
        double compilerCpu,
        double otherCpu,
        long[] latencies,
        Footprint footprint) {

    /** How much of the processor time of both went into compiling; times come in steps. */
    double compilerShare() {
        double used = serverCpu + clientCpu;
        return used == 0 ? 0 : Math.min(1, compilerCpu / used);
    }

    /** The latency that so much of the calls stay within, in microseconds. */
    double latencyMicros(double share) {
        return micros(latencies, share);
    }

    /** The value that so much of them stay within, in thousandths. */
    static double micros(long[] risingNanos, double share) {
        int index = (int) Math.ceil(risingNanos.length * share) - 1;
        return risingNanos[Math.max(0, index)] / 1e3;
    }
}
