package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SideBySideTest {
    private static final int SAVERS = 3;
    private static final int ROUNDS = 150;

    @TempDir Path folder;

    @Test
    void listsAndDescribesNodesWhileTheyComeAndGo() throws Exception {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"));
                ExecutorService threads = Executors.newFixedThreadPool(SAVERS + 1)) {
            fixture.streams().save("stays", bytes(1, 1000));
            AtomicBoolean over = new AtomicBoolean();
            Future<Integer> asker = threads.submit(() -> ask(fixture, over));
            List<Future<?>> savers = new ArrayList<>();
            for (int saver = 0; saver < SAVERS; saver++) {
                String prefix = saver + "/";
                savers.add(threads.submit(() -> comeAndGo(fixture, prefix)));
            }
            for (Future<?> saver : savers) {
                saver.get();
            }
            over.set(true);
            assertThat(asker.get()).isPositive();
            assertThat(fixture.info("nodes.quarantined")).isZero();
            fixture.requireEveryFrameAccountedFor();
        }
    }

    private static void comeAndGo(StoreFixture fixture, String prefix) {
        StreamDriver streams = fixture.streams();
        for (int round = 0; round < ROUNDS; round++) {
            String name = prefix + round % 5;
            byte[] data = bytes(round, 20_000 + round);
            streams.save(StreamDriver.replacing(name, NodeType.BYTE), data);
            assertThat(streams.peek(name)).isEqualTo(data);
            if (round % 2 == 0) {
                assertThat(streams.consume(name)).isEqualTo(data);
            }
        }
    }

    private static int ask(StoreFixture fixture, AtomicBoolean over) {
        int asked = 0;
        while (!over.get()) {
            NodeList list = await(fixture.store().list(new ListRequest("", 0, 0, 100)));
            assertThat(list.nodes())
                    .allSatisfy(node -> assertThat(node.state()).isNotEqualTo(State.QUARANTINED));
            assertThat(list.nodes().getFirst().name()).isEqualTo("stays");
            for (NodeInfo node : list.nodes()) {
                try {
                    NodeInfo found = await(fixture.store().stat(node.name()));
                    assertThat(found.name()).isEqualTo(node.name());
                } catch (StoreException e) {
                    assertThat(e.errno()).isEqualTo(Errno.ENOENT);
                }
            }
            assertThat(fixture.store().info()).containsKeys("frames.free", "nodes.ready");
            asked++;
        }
        return asked;
    }

    @Test
    void answersQuestionsWhileStreamsAreOpen() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("loading", bytes(1, 100_000));
            SaveStream saving = streams.open(request("saving", NodeType.BYTE));
            LoadStream loading = streams.openLoad("loading", false);
            assertThat(await(fixture.store().list(new ListRequest("", 0, 0, 9))).nodes())
                    .hasSize(2);
            assertThat(await(fixture.store().stat("saving")).state()).isEqualTo(State.SAVING);
            assertThat(await(fixture.store().stat("loading")).state()).isEqualTo(State.LOADING);
            assertThat(fixture.info("nodes.saving")).isEqualTo(1);
            assertThat(fixture.info("nodes.loading")).isEqualTo(1);
            assertThat(fixture.info("frames.total")).isEqualTo(fixture.memory().frameCount());
            saving.discard();
            loading.abort();
        }
    }

    @Test
    void removesAllReadyNodesAndSparesStreams() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            for (int i = 0; i < 50; i++) {
                streams.save("x/" + i, bytes(i, 100));
                streams.save("y/" + i, bytes(i, 100));
            }
            SaveStream saving = streams.open(request("x/saving", NodeType.BYTE));
            streams.append(saving, bytes(1, 50_000));
            LoadStream loading = streams.openLoad("x/7", false);
            LoadStream peek = streams.openLoad("x/8", true);
            assertThat(await(fixture.store().removeAll("x/"))).isEqualTo(49);
            refused(Errno.ENOENT, () -> streams.openLoad("x/8", true));
            assertThat(streams.readAll(peek)).isEqualTo(bytes(8, 100));
            assertThat(streams.readAll(loading)).isEqualTo(bytes(7, 100));
            await(saving.finish(50_000));
            await(loading.finish(loading.info().sequence()));
            peek.abort();
            assertThat(streams.peek("x/saving")).isEqualTo(bytes(1, 50_000));
            assertThat(await(fixture.store().removeAll(""))).isEqualTo(51);
            assertThat(await(fixture.store().removeAll(""))).isZero();
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void removesOneByNameAndSparesTheOthers() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("a", bytes(1, 100));
            streams.save("b", bytes(2, 100));
            LoadStream loading = streams.openLoad("b", false);
            refused(Errno.EBUSY, fixture.store().remove("b", 0));
            await(fixture.store().remove("a", 0));
            assertThat(streams.readAll(loading)).isEqualTo(bytes(2, 100));
            loading.abort();
            assertThat(streams.peek("b")).isEqualTo(bytes(2, 100));
        }
    }

    @Test
    void showsNothingOfASaveBeforeItsFinish() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            SaveStream saving = fixture.streams().open(request("a", NodeType.BYTE));
            for (int i = 0; i < 10; i++) {
                fixture.streams().append(saving, bytes(i, 20 * PAGE));
                refused(Errno.EBUSY, () -> fixture.streams().openLoad("a", true));
                assertThat(fixture.census().nodeFrames().isEmpty()).isTrue();
            }
            await(saving.finish(200L * PAGE));
            assertThat(fixture.census().dataFrames().cardinality()).isEqualTo(200);
        }
    }
}
