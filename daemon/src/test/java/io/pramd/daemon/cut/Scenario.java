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
    private static final int DAMAGES = 4;

    private final long seed;
    private final RandomGenerator random;
    private final Machine machine;
    private final Lineage lineage = new Lineage();
    private final Watch watch;
    private final Bench bench;
    private final Habits habits;
    private final boolean isAtOnce;
    private final LeftOut leftOut;
    private final Temper temper;
    private final Durability firstLevel;

    /** What scenarios share that run one after the other. */
    record Bench(ScratchFile file, Image formatted, Start start, Tally tally) {}

    /**
     * The scenario of a seed.
     *
     * @param leftOut a rule that does not hold
     */
    Scenario(Bench bench, long seed, LeftOut leftOut) {
        this.leftOut = leftOut;
        this.bench = bench;
        this.seed = seed;
        random = new SplittableRandom(seed);
        machine = new Machine(bench.file(), bench.formatted(), random, leftOut);
        watch = new Watch(machine, lineage, bench.start(), bench.tally(), random);
        watch.check(leftOut == LeftOut.NOTHING);
        Temper anyTemper = Temper.any(random);
        temper = leftOut.temper() == null ? anyTemper : leftOut.temper();
        firstLevel = Temper.anyLevel(random);
        habits =
                new Habits(
                        1 + random.nextInt(3),
                        1 + random.nextInt(4),
                        temper.asksLevels(random),
                        temper == Temper.UNFORCED);
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
        life.run();
        boolean isCut = random.nextBoolean();
        if (!isCut && !life.isAtRest() && random.nextBoolean()) {
            life.tearLast();
        }
        if (life.hasFailed() && !wasMarked && random.nextBoolean()) {
            machine.mark(false); // killed between the force that failed and the marker
        }
        boolean isDropped = machine.isMarked();
        boolean isAtRest = !isCut && !isDropped && life.isAtRest();
        if (isCut) {
            machine.cutPower();
            machine.mark(isDropped && random.nextBoolean());
        } else {
            machine.kill();
            machine.mark(machine.isMarkerSeen());
        }
        watch.next(isCut, isDropped);
        for (int i = 0; isAtRest && i < DAMAGES; i++) {
            watch.damage();
        }
    }

    private Life.Plan plan() {
        boolean isShort = random.nextInt(3) == 0;
        long endAt = 1 + random.nextInt(isShort ? 30 : 400);
        boolean mayFail = random.nextInt(temper.failsOneIn()) == 0;
        return new Life.Plan(
                temper.level(firstLevel, random),
                habits,
                isAtOnce ? 1 : 1 + random.nextInt(4),
                isAtOnce,
                endAt,
                mayFail ? 1 + random.nextInt(15) : Long.MAX_VALUE,
                mayFail && random.nextBoolean() ? 1 + random.nextInt(200) : Long.MAX_VALUE,
                random.nextInt(300),
                leftOut);
    }
}
