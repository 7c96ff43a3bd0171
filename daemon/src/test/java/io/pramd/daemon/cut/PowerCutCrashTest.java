package io.pramd.daemon.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.RunLength;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The real store on a simulated device, killed and cut behind any of its stores and forces, under
 * levels that change from start to start and from save to save: what a start finds is one committed
 * state as a whole, and no older one than was promised.
 */
class PowerCutCrashTest {
    private static final long CUTS = RunLength.of(25_000, 100_000);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final int THREADS = 2;

    private final Tally tally = new Tally();
    private final AtomicLong nextSeed = new AtomicLong(1);
    private final AtomicBoolean hasFailed = new AtomicBoolean();

    @Test
    void leavesOneCommittedStateNotOlderThanPromised() throws Exception {
        long end = System.nanoTime() + LONGEST.toNanos();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                running.add(threads.submit(() -> runUntil(end)));
            }
            for (Future<?> each : running) {
                join(each);
            }
        }
        System.out.println("simulated power cuts: seeds 1.." + (nextSeed.get() - 1) + " " + tally);
        assertThat(tally.distinct()).isPositive();
    }

    /**
     * Found by a long run: a force failed, the cached pages were dropped, and of a slot or record
     * that had never been forced the device had the second copy only. That is no damage.
     */
    @ParameterizedTest
    @ValueSource(longs = {2442006947172026568L, 8026165500793759941L})
    void leavesSlotsThatAFailedForceHasDroppedInOneCopyOnly(long seed) {
        try (Simulation simulation = new Simulation()) {
            simulation.run(seed, tally);
        }
        assertThat(tally.distinct()).isPositive();
    }

    @Test
    void leavesOneInEveryWayInWhichTheDeviceMayHaveWrittenFewPages() {
        try (Simulation simulation = new Simulation()) {
            for (long seed = 1; tally.exhaustedMoments() < 300; seed++) {
                simulation.exhaust(128, seed, tally);
            }
        }
        System.out.println(
                "moments of which every cut was tried: " + tally.exhaustedMoments() + " " + tally);
    }

    private void runUntil(long end) {
        try (Simulation simulation = new Simulation()) {
            while (tally.distinct() < CUTS && System.nanoTime() < end && !hasFailed.get()) {
                simulation.run(nextSeed.getAndIncrement(), tally);
            }
        } catch (Throwable e) {
            hasFailed.set(true);
            throw e;
        }
    }

    private static void join(Future<?> running) throws Exception {
        try {
            running.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }
}
