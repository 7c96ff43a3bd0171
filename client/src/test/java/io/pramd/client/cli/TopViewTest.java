package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StreamType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What pram top shows, and that it fits. */
class TopViewTest {
    private static final long NOW = 1_700_000_100_000L;
    private static final String NAMES = "warm/日本語 of/a b";

    private final TopView view = new TopView("pram://somewhere:7726");
    private final Map<String, InfoValue> info = new HashMap<>();
    private final List<NodeRecord> nodes = new ArrayList<>();

    TopViewTest() {
        info.put("frames.total", InfoValue.of(1000));
        info.put("frames.free", InfoValue.of(700));
        info.put("frames.held", InfoValue.of(100));
        info.put("nodes.ready", InfoValue.of(2));
        info.put("nodes.quarantined", InfoValue.of(0));
        info.put("connections.open", InfoValue.of(3));
        info.put("limits.connectionsMax", InfoValue.of(1024));
        info.put("streams.saving", InfoValue.of(1));
        info.put("streams.loading", InfoValue.of(0));
        info.put("server.version", InfoValue.of("pramd 1.2.3"));
        info.put("uptimeMillis", InfoValue.of(93_600_000));
        info.put("recovery.complete", InfoValue.of(true));
        info.put("streams.list", InfoValue.of(List.of()));
    }

    @Test
    void showsServerFramesAndRates() {
        assertThat(text(TopLook.batch(TopSort.SIZE)))
                .contains("pram://somewhere:7726  pramd 1.2.3  up 1d02h")
                .contains("ready")
                .contains(
                        "frames  [######===...................] 3.9 MiB: used"
                                + " 800.0 KiB (20.0%), held 400.0 KiB, free 2.7 MiB")
                .contains(
                        "moves   saved 1.5 MiB/s  loaded 0 B/s  requests 120/s  commits 2.5/s "
                                + " forces -")
                .contains("open    connections 3 of 1024  saves 1  loads 0  nodes 2 ready, 0 quar")
                .contains("(nobody saves or loads)")
                .contains("(no nodes)");
    }

    @Test
    void saysWhatHoldsItUp() {
        info.put("recovery.complete", InfoValue.of(false));
        info.put("recovery.progress", InfoValue.of("walk: 40% of 12 nodes"));
        assertThat(text(TopLook.batch(TopSort.SIZE)))
                .contains("walking: saves wait: walk: 40% of 12 nodes")
                .contains("frames  3.9 MiB, not counted yet");
        info.put("store.readOnly", InfoValue.of(true));
        info.put("store.readOnlyReason", InfoValue.of("a force failed"));
        info.put("server.draining", InfoValue.of(true));
        assertThat(view.lines(sample(), TopLook.batch(TopSort.SIZE)))
                .contains(
                        TopLine.warning(
                                "read-only: a force failed; draining: no new streams; walking:"
                                        + " saves wait: walk: 40% of 12 nodes"));
    }

    @Test
    void keepsTheFiguresOfADaemonThatIsGone() {
        TopSample gone = sample().failed(NOW, new LocalFailure("cannot connect", null));
        assertThat(text(gone, TopLook.batch(TopSort.SIZE)))
                .contains("no answer, the figures are older: cannot connect")
                .contains("free 2.7 MiB")
                .contains("saved -");
        assertThat(text(sample().silent(NOW, 4), TopLook.batch(TopSort.SIZE)))
                .contains("no answer, the figures are older: waiting for 4 s");
    }

    @Test
    void whatADaemonDoesNotSayIsADash() {
        info.clear();
        assertThat(text(sample(TopRates.UNKNOWN), TopLook.batch(TopSort.SIZE)))
                .contains("pram://somewhere:7726  -  up -")
                .contains("frames  -")
                .contains("saved -  loaded -  requests -  commits -  forces -")
                .contains("connections - of -  saves -  loads -  nodes - ready, - quarantined")
                .contains("(this daemon does not say who saves and loads)");
    }

    @Test
    void saysWhatIsNotShownToWhoIsNoAdministrator() {
        info.remove("streams.list");
        info.put("principal.name", InfoValue.of("search"));
        assertThat(text(TopLook.batch(TopSort.SIZE)))
                .contains("of search alone: rates, connections and streams are for administrators")
                .contains("(only administrators see who saves and loads)");
    }

    @Test
    void streamsHaveTheirProgress() {
        streams(
                "save connection=12 pages=300 of=1000 millis=1200 principal=- name=" + NAMES,
                "peek connection=9 pages=7 of=0 millis=90000 principal=search name=x");
        assertThat(text(TopLook.batch(TopSort.SIZE)))
                .containsSubsequence(
                        "peek                    7     -       319 B/s    1m30s       9  search",
                        "save             300/1000   30%  1000.0 KiB/s     1.2s      12  - ",
                        NAMES);
    }

    @ParameterizedTest
    @CsvSource({"SIZE, b c a", "AGE, c a b", "NAME, a b c"})
    void nodesComeInTheOrderAskedFor(TopSort sort, String order) {
        node("a", 10, 2);
        node("b", 30, 1);
        node("c", 20, 3);
        List<String> names =
                view.lines(sample(), TopLook.batch(sort)).stream()
                        .map(TopLine::text)
                        .filter(line -> line.startsWith("ready  "))
                        .map(line -> line.substring(line.length() - 1))
                        .collect(Collectors.toList());
        assertThat(String.join(" ", names)).isEqualTo(order);
    }

    @ParameterizedTest
    @CsvSource({"80, 24", "132, 60", "40, 10", "20, 5", "1, 1"})
    void fillsTheTerminalAndNoMore(int width, int height) {
        for (int i = 0; i < 200; i++) {
            node("漢字".repeat(30) + i, i, i);
        }
        streams(
                IntStream.range(0, 100)
                        .mapToObj(i -> stream(i, "é".repeat(200)))
                        .toArray(String[]::new));
        for (TopLook.KeyState keys : TopLook.KeyState.values()) {
            List<TopLine> lines =
                    view.lines(sample(), TopLook.live(width, height, TopSort.SIZE, keys));
            assertThat(lines).hasSize(height);
            assertThat(lines)
                    .allSatisfy(
                            line ->
                                    assertThat(TopTerminal.styled(line, width, true).columnLength())
                                            .isLessThanOrEqualTo(width));
        }
    }

    @Test
    void aNarrowTerminalLeavesColumnsOutAndKeepsNames() {
        node("the-name", 1, 1);
        streams(stream(1, "the-stream"));
        List<String> lines = fitted(40, 20);
        assertThat(lines).anyMatch(line -> line.endsWith("the-name"));
        assertThat(lines).anyMatch(line -> line.endsWith("the-stream"));
    }

    @Test
    void countsWhatDoesNotFit() {
        for (int i = 0; i < 30; i++) {
            node("n" + i, 100 - i, i);
        }
        List<String> lines = fitted(80, 24);
        assertThat(lines.get(22)).isEqualTo("... and 18 more");
        assertThat(lines.get(21)).endsWith("n11");
        assertThat(lines.get(23)).startsWith("q quit");
    }

    @Test
    void wideCharactersAreNotCutInHalf() {
        TopLine line = TopLine.plain("ab漢字");
        assertThat(TopTerminal.styled(line, 5, false)).hasToString("ab漢");
        assertThat(TopTerminal.styled(line, 6, false)).hasToString("ab漢字");
    }

    @Test
    void controlCharactersOfOthersNeverReachTheTerminal() {
        String evil = "a\u001b]0;x\u0007\n\u009b31m\u202eb";
        node(evil, 1, 1);
        streams(stream(1, evil));
        info.put("principal.name", InfoValue.of(evil));
        info.put("server.version", InfoValue.of(evil));
        info.put("store.readOnly", InfoValue.of(true));
        info.put("store.readOnlyReason", InfoValue.of(evil));
        for (TopLine line : view.lines(sample(), TopLook.batch(TopSort.SIZE))) {
            assertThat(line.text().codePoints().filter(c -> Character.isISOControl(c) || c > 0x7f))
                    .isEmpty();
        }
    }

    private List<String> fitted(int width, int height) {
        TopLook look = TopLook.live(width, height, TopSort.SIZE, TopLook.KeyState.RUNNING);
        return view.lines(sample(), look).stream()
                .map(line -> TopTerminal.styled(line, width, false))
                .map(AttributedString::toString)
                .collect(Collectors.toList());
    }

    private String text(TopLook look) {
        return text(sample(), look);
    }

    private String text(TopSample sample, TopLook look) {
        return view.lines(sample, look).stream()
                .map(TopLine::text)
                .collect(Collectors.joining("\n"));
    }

    private TopSample sample() {
        return sample(new TopRates(1.5 * (1 << 20), 0, 120, 2.5, Double.NaN));
    }

    private TopSample sample(TopRates rates) {
        return new TopSample(NOW, 0, TopFigures.of(info), rates, nodes, "", null);
    }

    private void streams(String... lines) {
        info.put("streams.list", InfoValue.of(List.of(lines)));
    }

    private static String stream(int connection, String name) {
        return "save connection="
                + connection
                + " pages=3 of=10 millis=1000 principal=- name="
                + name;
    }

    private void node(String name, long length, long ageOrder) {
        nodes.add(
                new NodeRecord(
                        NodeState.READY,
                        StreamType.BYTE,
                        0,
                        nodes.size() + 1,
                        nodes.size() + 1,
                        NOW - 1_000_000 + ageOrder,
                        length,
                        1,
                        100 + nodes.size(),
                        0,
                        SaveId.NONE,
                        name,
                        "",
                        Map.of(),
                        ""));
    }
}
