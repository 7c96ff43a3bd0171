package io.pramd.daemon.torture;

import io.pramd.daemon.cut.Fault;
import io.pramd.daemon.cut.Simulation;
import io.pramd.daemon.cut.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * One owner. {@code scripts/torture cut}: simulated power cuts, in one process, without a daemon.
 */
@Command(
        name = "cut",
        description = {
            "Cuts the power of a simulated device behind any store and force of the real store, and"
                    + " starts on what is left. A round is "
                    + CutTorture.SCENARIOS
                    + " memory files, each with a few processes one after the other: some thousand"
                    + " power cuts. With --rounds 500 it is more than a million."
        })
final class CutTorture implements Callable<Integer> {
    static final int SCENARIOS = 16;

    private static final int THREADS_MAX = 4;

    @Mixin private TortureOptions options;

    @Override
    public Integer call() throws Exception {
        int threads = Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors());
        LinkedBlockingQueue<Simulation> simulations = new LinkedBlockingQueue<>();
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                simulations.add(new Simulation());
            }
            return options.rounds("").run(seed -> new Round(simulations, workers).run(seed));
        } finally {
            simulations.forEach(Simulation::close);
        }
    }

    /** One owner. Scenarios whose seeds follow from that of the round. */
    private final class Round {
        private final LinkedBlockingQueue<Simulation> simulations;
        private final ExecutorService workers;
        private final Tally tally = new Tally();
        private final AtomicLong lost = new AtomicLong();
        private final AtomicLong wrong = new AtomicLong();
        private final AtomicLong leaked = new AtomicLong();

        Round(LinkedBlockingQueue<Simulation> simulations, ExecutorService workers) {
            this.simulations = simulations;
            this.workers = workers;
        }

        Map<String, Long> run(long roundSeed) throws Exception {
            SplittableRandom seeds = new SplittableRandom(roundSeed);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < SCENARIOS; i++) {
                long seed = seeds.nextLong();
                running.add(workers.submit(() -> scenario(seed)));
            }
            for (Future<?> each : running) {
                each.get();
            }
            Map<String, Long> figures = new LinkedHashMap<>(tally.figures());
            figures.put("lost", lost.get());
            figures.put("wrong", wrong.get());
            figures.put("leaked", leaked.get());
            return figures;
        }

        private Void scenario(long seed) throws IOException, InterruptedException {
            Simulation simulation = simulations.take();
            try {
                simulation.run(seed, tally);
            } catch (Fault e) {
                count(e);
                Path evidence = options.folder().resolve("seed" + seed + ".txt");
                Files.writeString(evidence, e.getMessage() + System.lineSeparator());
            } finally {
                simulations.add(simulation);
            }
            return null;
        }

        private void count(Fault fault) {
            switch (fault.kind()) {
                case LOST, UNOPENABLE -> lost.incrementAndGet();
                case LEAKED -> leaked.incrementAndGet();
                default -> wrong.incrementAndGet();
            }
        }
    }
}
