package io.pramd.daemon.admin;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static io.pramd.daemon.fixture.StreamDriver.withMeta;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.SaveStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The frames and the nodes, as administrators get them. */
@Timeout(60)
class MapResourcesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String API = "/api/v1/";

    @TempDir Path folder;

    private static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + response.body(), e);
        }
    }

    private static JsonNode get(ServedAdmin served, String path) {
        HttpResponse<String> response = served.get(API + path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static long count(JsonNode cells, char letter) {
        return cells.get("cells").asText().chars().filter(each -> each == letter).count();
    }

    @Test
    void theSummaryIsWhatInfoSaysAndWhatTheCellsShow() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            served.fixture().streams().save("a", bytes(1, 300 * PAGE));
            JsonNode summary = get(served, "frames/summary");
            JsonNode info = get(served, "info");
            assertThat(summary.get("frames")).isEqualTo(info.get("frames.total"));
            assertThat(summary.get("free")).isEqualTo(info.get("frames.free"));
            assertThat(summary.get("held")).isEqualTo(info.get("frames.held"));
            assertThat(summary.get("data").asLong()).isEqualTo(300);

            JsonNode cells = get(served, "frames");
            assertThat(cells.get("per").asLong()).isEqualTo(1);
            assertThat(cells.has("fill")).isFalse();
            Map<String, Character> letters =
                    Map.of(
                            "free",
                            '.',
                            "data",
                            'd',
                            "metadata",
                            'm',
                            "held",
                            'h',
                            "banned",
                            'b',
                            "saving",
                            's',
                            "pinned",
                            'p',
                            "quarantined",
                            'q');
            letters.forEach(
                    (state, letter) ->
                            assertThat(count(cells, letter))
                                    .as(state)
                                    .isEqualTo(summary.get(state).asLong()));
            JsonNode fragmentation = summary.get("fragmentation");
            assertThat(fragmentation.get("freeRuns").asLong()).isPositive();
            assertThat(fragmentation.get("histogram").get(9).get(0).asLong()).isEqualTo(512);
            JsonNode tiles = get(served, "frames?per=64&from=10&count=1000&by=node");
            assertThat(tiles.get("cells").asText()).hasSize(16);
            assertThat(tiles.get("fill").asText()).hasSize(16);
        }
    }

    @Test
    void whoHasTheVersionIsNotSentTheCells() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            HttpResponse<String> first = served.get(API + "frames");
            String version = first.headers().firstValue("etag").orElseThrow();
            assertThat(version).contains(json(first).get("version").asText());
            HttpResponse<String> again = served.get(API + "frames", "If-None-Match", version);
            assertThat(again.statusCode()).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            String summary = API + "frames/summary";
            version = served.get(summary).headers().firstValue("etag").orElseThrow();
            assertThat(served.get(summary, "If-None-Match", version).statusCode()).isEqualTo(304);
            served.fixture().streams().save("a", bytes(1, 3 * PAGE));
            assertThat(served.get(API + "frames", "If-None-Match", version).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aFrameTellsWhoseItIs() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            long sequence = served.fixture().streams().save("größe", bytes(1, 300 * PAGE));
            NodeInfo node = await(served.fixture().store().stat("größe"));
            JsonNode page = get(served, "frames/" + node.pfn());
            assertThat(page.get("role").asText()).isEqualTo("node");
            assertThat(page.get("state").asText()).isEqualTo("metadata");
            assertThat(page.get("references").asInt()).isEqualTo(1);
            assertThat(page.get("node").get("name").asText()).isEqualTo("größe");
            assertThat(page.get("node").get("sequence").asLong()).isEqualTo(sequence);
            assertThat(page.get("node").get("state").asText()).isEqualTo("ready");
            JsonNode detail = get(served, "node?name=" + encoded("größe") + "&pages=300");
            long pfn = detail.get("pageList").get(299).get("pfn").asLong();
            JsonNode data = get(served, "frames/" + pfn);
            assertThat(data.get("role").asText()).isEqualTo("data");
            assertThat(data.get("page").asLong()).isEqualTo(299);
            assertThat(data.get("position").isNull()).isTrue();
            JsonNode link = get(served, "frames/" + detail.get("linkPfns").get(1).asLong());
            assertThat(link.get("role").asText()).isEqualTo("link");
            assertThat(link.get("position").asLong()).isEqualTo(1);
            assertThat(get(served, "frames/0").get("role").asText()).isEqualTo("fixed");
            assertThat(get(served, "frames/0").get("node").isNull()).isTrue();
            assertThat(served.get(API + "frames/2048").statusCode()).isEqualTo(404);
            assertThat(served.get(API + "frames/x").statusCode()).isEqualTo(400);
        }
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    @Test
    void aNodeShowsAllOfItself() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            byte[] contents = bytes(1, 50 * PAGE);
            served.fixture().streams().save(withMeta("a", Map.of("k", "v")), contents);
            JsonNode node = get(served, "node?name=a&firstPage=10&pages=5");
            assertThat(node.get("metadata").get("k").asText()).isEqualTo("v");
            assertThat(node.get("type").asText()).isEqualTo("byte");
            assertThat(node.get("saveId").isNull()).isTrue();
            assertThat(node.get("links").asLong()).isEqualTo(1);
            assertThat(node.get("linkPfns").get(0)).isEqualTo(node.get("firstLink"));
            assertThat(node.get("whole").asBoolean()).isTrue();
            assertThat(node.has("badPages")).isFalse();
            long frames = 0;
            for (JsonNode extent : node.get("extents")) {
                frames += extent.get(1).asLong();
            }
            assertThat(frames).isEqualTo(50);
            assertThat(node.get("extentsTotal").asInt()).isEqualTo(node.get("extents").size());
            assertThat(node.get("pageList")).hasSize(5);
            JsonNode page = node.get("pageList").get(0);
            assertThat(page.get("page").asLong()).isEqualTo(10);
            byte[] bytes = Arrays.copyOfRange(contents, 10 * PAGE, 11 * PAGE);
            assertThat(page.get("csum").asText())
                    .isEqualTo(
                            String.format(
                                    "%08x", new PageChecksum().ofPage(ByteBuffer.wrap(bytes))));
            String sequence = node.get("sequence").asText();
            assertThat(get(served, "node?sequence=" + sequence).get("name").asText())
                    .isEqualTo("a");
            assertThat(served.get(API + "node?name=b").statusCode()).isEqualTo(404);
            assertThat(served.get(API + "node?sequence=1").statusCode()).isEqualTo(404);
            assertThat(served.get(API + "node?quarantined=99").statusCode()).isEqualTo(404);
        }
    }

    private static List<String> names(JsonNode answer) {
        List<String> names = new ArrayList<>();
        answer.get("nodes").forEach(node -> names.add(node.get("name").asText()));
        return names;
    }

    @Test
    void nodesComeInPartsInAnyOrder() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            for (String name : List.of("c/größe", "a", "b/größe")) {
                served.fixture().streams().save(name, bytes(1, name.length() * PAGE));
            }
            assertThat(names(get(served, "nodes"))).containsExactly("c/größe", "a", "b/größe");
            assertThat(names(get(served, "nodes?sort=name&order=desc&limit=2")))
                    .containsExactly("c/größe", "b/größe");
            assertThat(names(get(served, "nodes?sort=bytes&offset=1"))).hasSize(2);
            JsonNode some = get(served, "nodes?contains=" + encoded("öß") + "&limit=1");
            assertThat(some.get("total").asInt()).isEqualTo(3);
            assertThat(some.get("matching").asInt()).isEqualTo(2);
            assertThat(names(some)).containsExactly("c/größe");
            assertThat(names(get(served, "nodes?prefix=b"))).containsExactly("b/größe");
        }
    }

    @Test
    void savesThatAreOpenComeFirst() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            served.fixture().streams().save("a", bytes(1, PAGE));
            SaveStream stream = served.fixture().streams().open(request("b", NodeType.PAGE));
            served.fixture().streams().append(stream, bytes(1, 70 * PAGE));
            JsonNode nodes = get(served, "nodes?sort=name");
            assertThat(names(nodes)).containsExactly("b", "a");
            JsonNode saving = nodes.get("nodes").get(0);
            assertThat(saving.get("state").asText()).isEqualTo("saving");
            assertThat(saving.get("pages").asLong()).isEqualTo(70);
            assertThat(get(served, "node?name=b").get("state").asText()).isEqualTo("saving");
            assertThat(names(get(served, "nodes?offset=1"))).containsExactly("a");
            stream.discard();
        }
    }

    @Test
    void aQuarantinedNodeSaysWhy() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            served.fixture().damaged();
            served.fixture().streams().save("a", bytes(1, 5 * PAGE));
            long pfn = await(served.fixture().store().stat("a")).pfn();
            Damage.flip(served.fixture().file(), pfn, 600);
            served.fixture().store().stat("a").handle((info, why) -> why).join();
            JsonNode row = get(served, "nodes").get("nodes").get(0);
            assertThat(row.get("state").asText()).isEqualTo("quarantined");
            assertThat(row.get("reason").asText()).contains("does not verify");
            JsonNode node = get(served, "node?quarantined=" + pfn);
            assertThat(node.get("reason").asText()).contains("does not verify");
            assertThat(node.get("badPages")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "frames?from=-1",
                "frames?from=2048",
                "frames?per=0",
                "frames?count=0",
                "frames?count=9223372036854775808",
                "frames?by=colour",
                "frames?from=1&from=2",
                "nodes?sort=colour",
                "nodes?order=up",
                "nodes?limit=501",
                "nodes?offset=-1",
                "node",
                "node?name=a&sequence=1",
                "node?sequence=0",
                "node?name=a&pages=1025",
                "node?name=a&firstPage=-1"
            })
    void aBadParameterIsNamed(String path) {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            HttpResponse<String> response = served.get(API + path);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            assertThat(json(response).get("error").asText()).isEqualTo("EINVAL");
            assertThat(json(response).get("message").asText()).contains("=");
        }
    }

    @Test
    void beforeTheWalkThereIsNoMapYet() {
        try (ServedAdmin served = ServedAdmin.withoutWalk(folder)) {
            HttpResponse<String> early = served.get(API + "frames");
            assertThat(early.statusCode()).isEqualTo(503);
            assertThat(json(early).get("message").asText()).contains("still being counted");
            served.walk();
            assertThat(served.get(API + "frames").statusCode()).isEqualTo(200);
        }
    }
}
