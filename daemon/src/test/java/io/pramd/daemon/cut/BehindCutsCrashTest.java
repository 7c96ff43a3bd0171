package io.pramd.daemon.cut;

import static io.pramd.daemon.cut.CutStore.contents;
import static io.pramd.daemon.cut.CutStore.sum;
import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.NodeType;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds behind power cuts and kills in a row, one fact each. */
class BehindCutsCrashTest {
    private static final int CUTS = 100;
    private static final int PAGE = StreamDriver.PAGE;

    @TempDir Path folder;
    private CutStore machine;
    private long nextSeed = 1;

    @BeforeEach
    void power() {
        machine = new CutStore(folder, 20_261_123);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    private long save(StoreFixture process, String name, int pages) {
        byte[] bytes = bytes(nextSeed++, pages * PAGE);
        process.streams().save(replacing(name, NodeType.BYTE), bytes);
        return sum(bytes);
    }

    private static void remove(StoreFixture process, String name) {
        await(process.store().remove(name, 0));
    }

    @Test
    void aPowerCutLeavesOneCommitAsAWholeAndBringsNothingBack() {
        StoreFixture process = machine.start(Durability.PROCESS);
        long a = save(process, "a", 3);
        long b = save(process, "b", 2);
        await(process.store().force());
        requireFoundAfterEachCut(Durability.PROCESS, Map.of("a", a, "b", b));
        remove(process, "a");
        save(process, "c", 3);
        long newB = save(process, "b", 4);
        remove(process, "c");
        requireFoundAfterEachCut(Durability.POWER, Map.of("a", a, "b", b));
        await(process.store().force());
        requireFoundAfterEachCut(Durability.PROCESS, Map.of("b", newB));
        save(process, "a", 5);
        remove(process, "b");
        requireFoundAfterEachCut(Durability.INTERVAL, Map.of("b", newB));
        machine.kill(process);
    }

    private void requireFoundAfterEachCut(Durability level, Map<String, Long> state) {
        for (int cut = 0; cut < CUTS; cut++) {
            assertThat(machine.foundAfterCut(level)).isEqualTo(state);
        }
    }

    @Test
    void whatAStartBehindAPowerCutPassedOverNeverComesBack() {
        StoreFixture process = machine.start(Durability.PROCESS);
        long kept = save(process, "kept", 2);
        await(process.store().force());
        save(process, "lost", 3);
        save(process, "kept", 1);
        long newest = process.info("root.sequence");
        machine.cutPower(process);

        StoreFixture first = machine.start(Durability.PROCESS);
        assertThat(contents(first)).isEqualTo(Map.of("kept", kept));
        long ofFirst = first.info("root.sequence");
        assertThat(ofFirst).isGreaterThan(newest);
        machine.kill(first);
        StoreFixture second = machine.start(Durability.PROCESS);

        assertThat(contents(second)).isEqualTo(Map.of("kept", kept));
        assertThat(second.info("root.sequence")).isGreaterThan(ofFirst);
        machine.kill(second);
    }

    @Test
    void theLastForcedRootIsWholeWhenAKillAndNewSavesFollow() {
        StoreFixture process = machine.start(Durability.PROCESS);
        long big = save(process, "big", 300);
        await(process.store().force());
        remove(process, "big");
        machine.kill(process);

        StoreFixture next = machine.start(Durability.PROCESS);
        for (int i = 0; i < 8; i++) {
            save(next, "n" + i, 60);
        }
        requireFoundAfterEachCut(Durability.PROCESS, Map.of("big", big));
        machine.kill(next);
    }

    @Test
    void aPageOfAnEarlierLifeOfItsFrameNeverVerifies() {
        StoreFixture process = machine.start(Durability.POWER);
        for (int life = 0; life < 3; life++) {
            long sum = save(process, "again", 200 + life);
            requireFoundAfterEachCut(Durability.POWER, Map.of("again", sum));
            remove(process, "again");
            requireFoundAfterEachCut(Durability.POWER, Map.of());
        }
        machine.kill(process);
    }

    @Test
    void aPageOfAnEarlierLifeIsNotTakenForANewOneThatWasNotForced() {
        StoreFixture process = machine.start(Durability.PROCESS);
        save(process, "again", 200);
        await(process.store().force());
        remove(process, "again");
        await(process.store().force());
        long sum = save(process, "again", 200);
        requireFoundAfterEachCut(Durability.PROCESS, Map.of());
        await(process.store().force());
        requireFoundAfterEachCut(Durability.PROCESS, Map.of("again", sum));
        machine.kill(process);
    }
}
