package io.pramd.daemon.cut;

import io.pramd.daemon.fixture.FrameCensus;
import io.pramd.daemon.layout.Durability;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * One owner. Asks in the middle of a process's work what a start would find if it were killed now,
 * or the power cut.
 */
final class Watch {
    /** Frames of slots and sequence records, with their second copies. */
    private static final List<Integer> TWICE =
            List.of(1, 2, 3, 4, 5, 6, 513, 514, 515, 516, 517, 518);

    private final Machine machine;
    private final Lineage lineage;
    private final Start start;
    private final Tally tally;
    private final RandomGenerator random;
    private final Set<Long> seen = new HashSet<>();
    private boolean isChecked = true;
    private int every = 1;
    private int cutsEach = 1;
    private long events;

    Watch(Machine machine, Lineage lineage, Start start, Tally tally, RandomGenerator random) {
        this.machine = machine;
        this.lineage = lineage;
        this.start = start;
        this.tally = tally;
        this.random = random;
    }

    /** Looks at every n-th event, and at so many ways in which the power may be cut there. */
    void lookAtEvery(int newEvery, int newCutsEach) {
        every = newEvery;
        cutsEach = newCutsEach;
    }

    /** Whether the checker must find everything in order, too. */
    void check(boolean newIsChecked) {
        isChecked = newIsChecked;
    }

    private Map<String, Content> start(Image image, Start.Circumstances now) {
        return isChecked ? start.on(image, now) : start.onDamaged(image, now);
    }

    void happened() {
        events++;
        if (events % every == 0) {
            for (int i = 0; i < cutsEach; i++) {
                cut();
            }
            if (random.nextInt(8) == 0) {
                kill();
            }
        }
    }

    private void cut() {
        Image image = machine.afterCut();
        boolean isNew = seen.add(image.hash());
        tally.cut(isNew);
        if (isNew) {
            boolean isMarked = machine.isMarkerSeen() && random.nextBoolean();
            Start.Circumstances now =
                    new Start.Circumstances(machine.nextBoot(), level(), isMarked);
            lineage.find(start(image, now), true, "cut");
        }
    }

    private Durability level() {
        return Durability.values()[random.nextInt(Durability.values().length)];
    }

    private void kill() {
        boolean isMarked = machine.isMarked();
        Image image = machine.afterKill();
        tally.kill();
        Start.Circumstances now =
                new Start.Circumstances(machine.boot(), level(), machine.isMarkerSeen());
        lineage.find(start(image, now), isMarked, "kill");
    }

    /** What the next process finds; that is what counts from here on. */
    void next(boolean isCut, boolean isDropped) {
        Image image = machine.device().afterKill();
        Start.Circumstances now =
                new Start.Circumstances(machine.boot(), level(), machine.isMarkerSeen());
        tally.life();
        if (isCut) {
            tally.cut(seen.add(image.hash()));
        } else {
            tally.kill();
        }
        Map<String, Content> found = start(image, now);
        boolean isOnDevice = isCut || isDropped;
        int state = lineage.find(found, isOnDevice, isCut ? "cut at the end" : "kill at the end");
        lineage.continueFrom(state, isOnDevice);
    }

    /**
     * At rest, behind a kill: any one page of those that exist twice may be damaged, and nothing is
     * lost.
     */
    void damage() {
        BitSet twice = FrameCensus.of(machine.file().path(), machine.boot()).directoryFrames();
        TWICE.forEach(twice::set);
        int[] pfns = twice.stream().toArray();
        int pfn = pfns[random.nextInt(pfns.length)];
        byte[] bytes = machine.device().cached(pfn).bytes().clone();
        bytes[random.nextInt(64)] ^= 1;
        Image image = machine.device().afterKill().with(pfn, new Page(bytes));
        Start.Circumstances now = new Start.Circumstances(machine.boot(), level(), false);
        lineage.find(start.onDamaged(image, now), false, "damaged page " + pfn);
    }
}
