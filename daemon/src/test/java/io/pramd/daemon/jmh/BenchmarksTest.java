package io.pramd.daemon.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark, for so short a time that it only shows whether it still works. */
class BenchmarksTest {
    static {
        // nothing is measured, so another run on this machine does not matter
        System.setProperty("jmh.ignoreLock", "true");
    }

    @Test
    void everyBenchmarkRuns() throws Exception {
        Options tiny =
                new OptionsBuilder()
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(10))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build();

        Collection<RunResult> results = new Runner(tiny).run();

        assertThat(results).allMatch(result -> result.getPrimaryResult().getScore() > 0);
        assertThat(classes(results))
                .containsExactly(
                        "ChainWriterBenchmark",
                        "CommitBenchmark",
                        "FrameAllocatorBenchmark",
                        "MessageCodecBenchmark",
                        "MeterBenchmark",
                        "PacketReaderBenchmark",
                        "PageChecksumBenchmark",
                        "TlsBenchmark");
    }

    private static Set<String> classes(Collection<RunResult> results) {
        return results.stream()
                .map(result -> result.getParams().getBenchmark().split("\\."))
                .map(path -> path[path.length - 2])
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
