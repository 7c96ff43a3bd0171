package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With more nodes than one part of anything takes. */
@Timeout(120)
class ManyNodesTest {
    private static final int NODES = 3000;
    private static final long FILE_BYTES = 64L << 20;

    @TempDir Path folder;

    private static String name(int number) {
        return (number % 3 == 0 ? "third/" : "other/") + number;
    }

    private StoreFixture withNodes() {
        StoreFixture fixture =
                StoreFixture.format(folder.resolve("memory"), FILE_BYTES, How.THREADED);
        for (int i = 0; i < NODES; i++) {
            fixture.streams().save(name(i), bytes(i, i % 7 == 0 ? 5000 : 100));
        }
        return fixture;
    }

    private static List<String> list(StoreFixture fixture, String prefix) {
        List<String> names = new ArrayList<>();
        long after = 0;
        NodeList part;
        do {
            part = await(fixture.store().list(new ListRequest(prefix, after, 0, 700)));
            part.nodes().forEach(node -> names.add(node.name()));
            after = part.nodes().isEmpty() ? after : part.nodes().getLast().sequence();
        } while (part.more());
        return names;
    }

    private static List<String> names(int step) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < NODES; i += step) {
            names.add(name(i));
        }
        return names;
    }

    @Test
    void areListedInPartsInTheOrderOfTheirSavesAlsoAfterAStart() {
        try (StoreFixture fixture = withNodes()) {
            assertThat(list(fixture, "")).isEqualTo(names(1));
            assertThat(list(fixture, "third/")).isEqualTo(names(3));
            try (StoreFixture next = fixture.killAndRestart()) {
                assertThat(list(next, "")).isEqualTo(names(1));
                assertThat(next.info("nodes.ready")).isEqualTo(NODES);
                assertThat(next.streams().peek(name(2800))).isEqualTo(bytes(2800, 5000));
                next.requireEveryFrameAccountedFor();
            }
        }
    }

    @Test
    void goByPrefixAndTheirPlacesAreTakenAnew() {
        try (StoreFixture fixture = withNodes()) {
            assertThat(await(fixture.store().removeAll("third/"))).isEqualTo(NODES / 3);
            assertThat(list(fixture, "third/")).isEmpty();
            for (int i = 0; i < NODES; i += 3) {
                fixture.streams().save(name(i), bytes(-i, 200));
            }
            assertThat(list(fixture, "third/")).isEqualTo(names(3));
            assertThat(list(fixture, "")).hasSize(NODES).endsWith(name(NODES - 3));
            assertThat(fixture.streams().peek(name(300))).isEqualTo(bytes(-300, 200));
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void areFoundByTheirSaveIds() {
        try (StoreFixture fixture = withNodes()) {
            SaveKey key = new SaveKey(3, 4);
            long sequence =
                    fixture.streams().save(StreamDriver.withKey("keyed", key), bytes(1, 10));
            SaveRequest again = StreamDriver.withKey("again", key);
            refused(Errno.EINVAL, () -> fixture.streams().open(again));
            try (StoreFixture next = fixture.killAndRestart()) {
                assertThat(await(next.store().outcome(key, 1)))
                        .isEqualTo(new OutcomeAnswer(Outcome.DONE, sequence));
                next.streams().consume("keyed");
                assertThat(await(next.store().outcome(key, 1)).outcome()).isEqualTo(Outcome.GONE);
            }
        }
    }

    /** Each is looked at when its own reader ends, and not with every other. */
    @Test
    void giveTheirFramesBackAsTheirReadersEnd() {
        try (StoreFixture fixture = withNodes()) {
            List<LoadStream> readers = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                readers.add(fixture.streams().openLoad(name(i), true));
            }
            long before = fixture.freeAndHeld();
            await(fixture.store().removeAll(""));
            fixture.streams().save("new", bytes(1, 100));
            readers.forEach(LoadStream::abort);
            fixture.requireEveryFrameAccountedFor();
            assertThat(fixture.freeAndHeld()).isGreaterThan(before);
            assertThat(list(fixture, "")).containsExactly("new");
        }
    }

    @Test
    void stayOneObjectEachWhileTheyAreUsed() {
        try (StoreFixture fixture = withNodes()) {
            LoadStream load = fixture.streams().openLoad(name(5), false);
            refused(Errno.EBUSY, () -> fixture.streams().openLoad(name(5), false));
            assertThat(fixture.info("nodes.loading")).isEqualTo(1);
            load.abort();
            assertThat(fixture.info("nodes.loading")).isZero();
            SaveStream replacement =
                    fixture.streams().open(StreamDriver.replacing(name(5), NodeType.BYTE));
            refused(Errno.EBUSY, () -> fixture.streams().openLoad(name(5), false));
            replacement.discard();
            assertThat(fixture.streams().consume(name(5))).isEqualTo(bytes(5, 100));
            assertThat(fixture.info("nodes.ready")).isEqualTo(NODES - 1);
        }
    }
}
