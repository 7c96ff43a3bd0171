package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListingTest {
    @TempDir Path folder;

    private static List<NodeInfo> listAll(StoreFixture fixture, String prefix, int limit) {
        List<NodeInfo> nodes = new ArrayList<>();
        long sequence = 0;
        long pfn = 0;
        boolean more = true;
        while (more) {
            ListRequest request = new ListRequest(prefix, sequence, pfn, limit);
            NodeList part = await(fixture.store().list(request));
            assertThat(part.nodes()).hasSizeLessThanOrEqualTo(limit);
            nodes.addAll(part.nodes());
            more = part.more();
            if (more) {
                sequence = part.nodes().getLast().sequence();
                pfn = part.nodes().getLast().pfn();
            }
        }
        return nodes;
    }

    private static List<String> names(StoreFixture fixture, String prefix, int limit) {
        return listAll(fixture, prefix, limit).stream().map(NodeInfo::name).toList();
    }

    @Test
    void keepsCreationOrderOverThreeRestarts() {
        List<String> order = new ArrayList<>();
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (int i = 0; i < 300; i++) {
                String name = "n" + (i * 7919) % 300;
                fixture.streams().save(name, bytes(i, i));
                order.add(name);
            }
            for (int i = 0; i < 300; i += 5) {
                fixture.streams().consume("n" + i);
                order.remove("n" + i);
            }
            // these take the leaf slots of those that left
            for (int i = 0; i < 30; i++) {
                fixture.streams().save("again" + i, bytes(i, i));
                order.add("again" + i);
            }
            assertThat(names(fixture, "", 1000)).isEqualTo(order);
            try (StoreFixture first = fixture.restart();
                    StoreFixture second = first.killAndRestart();
                    StoreFixture third = second.restart()) {
                assertThat(names(third, "", 1000)).isEqualTo(order);
                third.streams().save("new", bytes(1, 1));
                order.add("new");
                assertThat(names(third, "", 1000)).isEqualTo(order);
            }
        }
    }

    @Test
    void putsAReplacedNodeBehindAllOthers() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (String name : List.of("a", "b", "c")) {
                fixture.streams().save(name, bytes(1, 10));
            }
            SaveStream replacement =
                    fixture.streams().open(StreamDriver.replacing("a", NodeType.BYTE));
            fixture.streams().save("d", bytes(1, 10));
            assertThat(names(fixture, "", 10)).containsExactly("a", "b", "c", "d");
            await(replacement.finish(0));
            // its sequence was drawn at prepare
            assertThat(names(fixture, "", 10)).containsExactly("b", "c", "a", "d");
            try (StoreFixture restarted = fixture.restart()) {
                assertThat(names(restarted, "", 10)).containsExactly("b", "c", "a", "d");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 99, 100, 101, 5000})
    void pagesThroughAllNodesWithAPrefix(int limit) {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String name = i % 2 == 0 ? "even/" + i : "odd/" + i;
                fixture.streams().save(name, bytes(i, 10));
                if (i % 2 == 0) {
                    expected.add(name);
                }
            }
            assertThat(names(fixture, "even/", limit)).isEqualTo(expected);
            assertThat(names(fixture, "none", limit)).isEmpty();
        }
    }

    @Test
    void missesNoNodeThatStaysWhileOthersLeave() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (int i = 0; i < 100; i++) {
                fixture.streams().save("n" + i, bytes(i, 10));
            }
            List<String> seen = new ArrayList<>();
            long sequence = 0;
            for (int part = 0; part < 10; part++) {
                NodeList list = await(fixture.store().list(new ListRequest("", sequence, 0, 10)));
                list.nodes().forEach(node -> seen.add(node.name()));
                sequence = list.nodes().getLast().sequence();
                await(fixture.store().remove(list.nodes().getLast().name(), 0));
                await(fixture.store().remove(list.nodes().getFirst().name(), 0));
            }
            assertThat(seen).hasSize(100).doesNotHaveDuplicates();
        }
    }

    @Test
    void showsEveryStateAndWhatANodeHolds() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            SaveStream saving = streams.open(request("saving", NodeType.PAGE));
            streams.append(saving, bytes(1, 20 * 4096));
            SaveRequest request =
                    new SaveRequest(
                            "loading",
                            NodeType.BYTE,
                            false,
                            new SaveKey(3, 4),
                            -1,
                            Map.of("k", "v"),
                            -1,
                            1,
                            Optional.empty(),
                            Saver.NOBODY,
                            0,
                            Optional.empty());
            long sequence = streams.save(request, bytes(2, 5000));
            LoadStream loading = streams.openLoad("loading", false);
            streams.save("ready", bytes(3, 1));
            List<NodeInfo> nodes = listAll(fixture, "", 10);
            assertThat(nodes).extracting(NodeInfo::name).contains("saving", "loading", "ready");
            assertThat(nodes)
                    .extracting(NodeInfo::state)
                    .containsExactly(State.SAVING, State.LOADING, State.READY);
            assertThat(nodes.getFirst().pages()).isEqualTo(20);
            NodeInfo loaded = nodes.get(1);
            assertThat(loaded.sequence()).isEqualTo(sequence);
            assertThat(loaded.streamSequence()).isEqualTo(sequence);
            assertThat(loaded.saveKey()).isEqualTo(new SaveKey(3, 4));
            assertThat(loaded.meta()).isEqualTo(Map.of("k", "v"));
            assertThat(loaded.length()).isEqualTo(5000);
            assertThat(loaded.pages()).isEqualTo(2);
            assertThat(loaded.type()).contains(NodeType.BYTE);
            assertThat(await(fixture.store().stat("loading"))).isEqualTo(loaded);
            loading.abort();
            saving.discard();
            fixture.requireEveryFrameAccountedFor();
        }
    }
}
