package io.pramd.daemon.cut;

import io.pramd.daemon.cut.Client.Habits;
import io.pramd.daemon.layout.Durability;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One owner. Some processes on one memory file, one after the other, all of it from a seed: each
 * ends by a stop, a kill or a power cut, at any moment, also while it starts.
 */
final class Scenario {
    private static final int LIVES_MAX = 7;

    private final long seed;
    private final RandomGenerator random;
    private final Machine machine;
    private final Lineage lineage = new Lineage();
    private final Watch watch;
    private final Bench bench;
    private final Habits habits;
    private final boolean isAtOnce;

    /** What scenarios share that run one after the other. */
    record Bench(ScratchFile file, Image formatted, Start start, Tally tally) {}

    Scenario(Bench bench, long seed) {
        this.bench = bench;
        this.seed = seed;
        random = new SplittableRandom(seed);
        machine = new Machine(bench.file(), bench.formatted(), random);
        watch = new Watch(machine, lineage, bench.start(), bench.tally(), random);
        habits = new Habits(1 + random.nextInt(3), 1 + random.nextInt(4), random.nextBoolean());
        isAtOnce = random.nextInt(4) == 0;
    }

    /**
     * Runs it.
     *
     * @throws Fault with the seed
     */
    void run() {
        try {
            int lives = 1 + random.nextInt(LIVES_MAX);
            for (int life = 0; life < lives; life++) {
                live();
            }
        } catch (Fault e) {
            throw new Fault(e.kind(), "seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private void live() {
        watch.lookAtEvery(1 + random.nextInt(12), 1 + random.nextInt(3));
        boolean wasMarked = machine.isMarked();
        Life life = new Life(machine, lineage, random, plan(), watch::happened);
        boolean isClean = life.run();
        boolean isCut = random.nextBoolean();
        if (!isCut && !isClean && random.nextBoolean()) {
            life.tearLast();
        }
        if (life.hasFailed() && !wasMarked && random.nextBoolean()) {
            machine.mark(false); // killed between the force that failed and the marker
        }
        boolean isDropped = machine.isMarked();
        if (isCut) {
            machine.cutPower();
            machine.mark(isDropped && random.nextBoolean());
        } else {
            machine.kill();
        }
        watch.next(isCut, isDropped);
    }

    private Life.Plan plan() {
        Durability level = Durability.values()[random.nextInt(Durability.values().length)];
        boolean isShort = random.nextInt(3) == 0;
        long endAt = 1 + random.nextInt(isShort ? 30 : 400);
        boolean mayFail = random.nextInt(5) == 0;
        return new Life.Plan(
                level,
                habits,
                isAtOnce ? 1 : 1 + random.nextInt(4),
                isAtOnce,
                endAt,
                mayFail ? 1 + random.nextInt(15) : Long.MAX_VALUE,
                mayFail && random.nextBoolean() ? 1 + random.nextInt(200) : Long.MAX_VALUE,
                random.nextInt(300),
                Omission.NONE);
    }
}
