package io.pramd.daemon.bench;

/** Immutable. What a series counts, and in what its numbers are printed. */
enum Unit {
    GIB("GiB/s", "%.2f", "s/GiB", "%.2f", 1),
    NODE("nodes/s", "%,.0f", "us/node", "%.0f", 1e6),
    CONNECTION("connections/s", "%,.0f", "ms/connection", "%.2f", 1e3),
    START("/s", "%.2f", "s", "%.2f", 1);

    private final String rate;
    private final String rateFormat;
    private final String cpu;
    private final String cpuFormat;
    private final double cpuPerSecond;

    Unit(String rate, String rateFormat, String cpu, String cpuFormat, double cpuPerSecond) {
        this.rate = rate;
        this.rateFormat = rateFormat;
        this.cpu = cpu;
        this.cpuFormat = cpuFormat;
        this.cpuPerSecond = cpuPerSecond;
    }

    /** The name of its throughput. */
    String rate() {
        return rate;
    }

    String rateFormat() {
        return rateFormat;
    }

    /** The name of the processor time that one costs. */
    String cpu() {
        return cpu;
    }

    String cpuFormat() {
        return cpuFormat;
    }

    /** How much of that is a second. */
    double cpuPerSecond() {
        return cpuPerSecond;
    }
}
