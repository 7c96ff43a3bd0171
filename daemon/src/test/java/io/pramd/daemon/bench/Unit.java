package io.pramd.daemon.bench;

/** Immutable. What a series counts, and in what its numbers are printed. */
enum Unit {
    GIB("GiB/s", "s/GiB", 1),
    NODE("nodes/s", "us/node", 1e6);

    private final String rate;
    private final String cpu;
    private final double cpuPerSecond;

    Unit(String rate, String cpu, double cpuPerSecond) {
        this.rate = rate;
        this.cpu = cpu;
        this.cpuPerSecond = cpuPerSecond;
    }

    /** The name of its throughput. */
    String rate() {
        return rate;
    }

    /** The name of the processor time that one costs. */
    String cpu() {
        return cpu;
    }

    /** How much of that is a second. */
    double cpuPerSecond() {
        return cpuPerSecond;
    }
}
