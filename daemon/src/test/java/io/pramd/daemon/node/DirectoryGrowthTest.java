package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.layout.NodeType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryGrowthTest {
    private static final int IN_FLIGHT = 512;

    @TempDir Path folder;

    /** In which order nodes leave. */
    enum Leaving {
        OLDEST_FIRST,
        NEWEST_FIRST,
        ANY
    }

    private static void saveEmpty(StoreFixture fixture, int from, int to) {
        List<CompletableFuture<Long>> answers = new ArrayList<>();
        for (int i = from; i < to; i++) {
            SaveStream stream = fixture.streams().open(request("n" + i, NodeType.BYTE));
            answers.add(stream.finish(0));
            if (answers.size() == IN_FLIGHT) {
                answers.forEach(answer -> await(answer));
                answers.clear();
            }
        }
        answers.forEach(answer -> await(answer));
    }

    private static void remove(StoreFixture fixture, List<Integer> nodes) {
        List<CompletableFuture<Long>> answers = new ArrayList<>();
        for (int i : nodes) {
            answers.add(fixture.store().remove("n" + i, 0));
            if (answers.size() == IN_FLIGHT) {
                answers.forEach(answer -> await(answer));
                answers.clear();
            }
        }
        answers.forEach(answer -> await(answer));
    }

    private static List<Integer> order(Leaving leaving, int count) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            order.add(i);
        }
        switch (leaving) {
            case NEWEST_FIRST -> Collections.reverse(order);
            case ANY -> Collections.shuffle(order, new Random(7));
            case OLDEST_FIRST -> {}
        }
        return order;
    }

    @ParameterizedTest
    @ValueSource(ints = {254, 255, 256, 510, 511, 700})
    void keepsEveryNodeOverAKill(int count) {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            saveEmpty(fixture, 0, count);
            fixture.streams().save("last", bytes(1, 10_000));
            int leaves = Math.ceilDiv(count + 1, 255);
            assertThat(fixture.info("directory.pages")).isEqualTo(leaves == 1 ? 1 : leaves + 1);
            try (StoreFixture killed = fixture.killAndRestart()) {
                assertThat(killed.info("nodes.ready")).isEqualTo(count + 1);
                for (int i = 0; i < count; i++) {
                    assertThat(await(killed.store().stat("n" + i)).length()).isZero();
                }
                assertThat(killed.streams().peek("last")).isEqualTo(bytes(1, 10_000));
                killed.requireEveryFrameAccountedFor();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shrinksToAnEmptyLeafOneByOneAndOpensAgain(Leaving leaving) {
        int count = 600;
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            long before = fixture.freeAndHeld();
            saveEmpty(fixture, 0, count);
            for (int i : order(leaving, count)) {
                await(fixture.store().remove("n" + i, 0));
            }
            assertThat(fixture.info("directory.pages")).isEqualTo(1);
            fixture.requireEveryFrameAccountedFor();
            assertThat(fixture.freeAndHeld()).isEqualTo(before);
            try (StoreFixture killed = fixture.killAndRestart()) {
                assertThat(killed.info("nodes.ready")).isZero();
                killed.requireEveryFrameAccountedFor();
                killed.streams().save("a", bytes(1, 10));
                try (StoreFixture again = killed.restart()) {
                    assertThat(again.streams().peek("a")).isEqualTo(bytes(1, 10));
                }
            }
        }
    }

    @Test
    void keepsItsPlaceWhileOthersComeAndGo() {
        Random random = new Random(11);
        boolean[] saved = new boolean[900];
        try (StoreFixture first =
                StoreFixture.format(folder.resolve("m"), 32L << 20, StoreFixture.How.THREADED)) {
            StoreFixture fixture = first;
            for (int round = 0; round < 12; round++) {
                for (int i = 0; i < saved.length; i++) {
                    if (random.nextInt(4) == 0) {
                        if (saved[i]) {
                            await(fixture.store().remove("n" + i, 0));
                        } else {
                            fixture.streams().save("n" + i, bytes(i, i % 50));
                        }
                        saved[i] = !saved[i];
                    }
                }
                fixture = round % 2 == 0 ? fixture.killAndRestart() : fixture.restart();
                fixture.requireEveryFrameAccountedFor();
                requireExactly(fixture, saved);
            }
            fixture.close();
        }
    }

    private static void requireExactly(StoreFixture fixture, boolean[] saved) {
        long count = 0;
        for (int i = 0; i < saved.length; i++) {
            if (saved[i]) {
                count++;
                assertThat(fixture.streams().peek("n" + i)).isEqualTo(bytes(i, i % 50));
            }
        }
        assertThat(fixture.info("nodes.ready")).isEqualTo(count);
    }

    @Test
    void growsToThreeLevelsAndBack() {
        int count = 65_100;
        try (StoreFixture fixture =
                StoreFixture.format(folder.resolve("m"), 512L << 20, StoreFixture.How.THREADED)) {
            long before = fixture.freeAndHeld();
            saveEmpty(fixture, 0, count);
            // 256 leaves, 2 pages above them, the top
            assertThat(fixture.info("directory.pages")).isEqualTo(256 + 2 + 1);
            try (StoreFixture killed = fixture.killAndRestart()) {
                assertThat(killed.info("nodes.ready")).isEqualTo(count);
                assertThat(await(killed.store().stat("n0")).length()).isZero();
                assertThat(await(killed.store().stat("n" + (count - 1))).length()).isZero();
                killed.requireEveryFrameAccountedFor();
                remove(killed, order(Leaving.OLDEST_FIRST, count - 1));
                assertThat(killed.info("directory.pages")).isEqualTo(3);
                try (StoreFixture again = killed.killAndRestart()) {
                    assertThat(again.info("nodes.ready")).isEqualTo(1);
                    await(again.store().remove("n" + (count - 1), 0));
                    assertThat(again.info("directory.pages")).isEqualTo(1);
                    again.requireEveryFrameAccountedFor();
                    assertThat(again.freeAndHeld()).isEqualTo(before);
                }
            }
        }
    }
}
