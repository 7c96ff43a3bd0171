package io.pramd.daemon.jmh;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Immutable. {@code scripts/jmh}: JMH's own command line, with defaults that take ten seconds a
 * benchmark, and the bytes that each operation allocates.
 */
public final class Benchmarks {
    private Benchmarks() {}

    public static void main(String[] args) throws Exception {
        CommandLineOptions given = new CommandLineOptions(args);
        if (given.shouldHelp()) {
            given.showHelp();
        } else if (given.shouldList()) {
            new Runner(given).list();
        } else {
            run(given);
        }
    }

    private static void run(Options given) throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given)
                .forks(given.getForkCount().orElse(1))
                .warmupIterations(given.getWarmupIterations().orElse(4))
                .warmupTime(given.getWarmupTime().orElse(TimeValue.seconds(1)))
                .measurementIterations(given.getMeasurementIterations().orElse(5))
                .measurementTime(given.getMeasurementTime().orElse(TimeValue.seconds(1)))
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class);
        new Runner(options.build()).run();
    }
}
