package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.protocol.InfoValue;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopCommandTest {
    private static final PramConfig AT_ONCE = PramConfig.defaults().withRetryFor(Duration.ZERO);

    private final CommandRunner pram = new CommandRunner();

    @AfterEach
    void close() {
        pram.close();
    }

    @Test
    void looksSoManyTimesAndEnds() {
        pram.type("abc".getBytes(StandardCharsets.UTF_8));
        assertThat(pram.run("save", "some/name", "-")).isZero();
        assertThat(pram.run("top", "-n", "2", "--interval", "100ms")).isZero();
        assertThat(pram.stdout().lines().filter(line -> line.endsWith("  some/name"))).hasSize(2);
        assertThat(pram.stdout()).contains(pram.daemon.uri()).doesNotContain("\u001b");
        assertThat(pram.run("top", "-n", "1", "other/")).isZero();
        assertThat(pram.stdout()).contains("(no nodes)");
    }

    @Test
    void jsonIsALineForEachLook() throws Exception {
        pram.type(new byte[] {1});
        assertThat(pram.run("save", "n", "-")).isZero();
        assertThat(pram.run("top", "--json", "-n", "2", "--interval", "100ms")).isZero();
        List<String> lines = pram.stdout().lines().toList();
        assertThat(lines).hasSize(2);
        JsonNode look = new ObjectMapper().readTree(lines.get(1));
        assertThat(look.get("nodes").get(0).get("name").asText()).isEqualTo("n");
        assertThat(look.get("info").get("frames").get("total").asLong()).isEqualTo(1024);
        assertThat(look.get("failure").isNull()).isTrue();
        assertThat(look.get("rates").get("savedBytes").isNull()).isTrue();
        assertThat(look.get("streams")).isEmpty();
    }

    @Test
    void numbersAreWrittenOut() throws Exception {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        try (Json json = Json.line(out)) {
            json.object();
            json.decimal("a", 79_499_583.74);
            json.decimal("b", Double.NaN);
            json.end();
        }
        assertThat(text.toString().strip()).isEqualTo("{\"a\":79499583.7,\"b\":null}");
    }

    @Test
    void aDaemonThatIsNotThereIsAFailure() {
        pram.daemon.close();
        assertThat(pram.run("top", "-n", "1")).isEqualTo(3);
        assertThat(pram.stdout()).isEmpty();
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThat(pram.run("top", "--interval", "1ms")).isEqualTo(2);
        assertThat(pram.run("top", "-n", "0")).isEqualTo(2);
        assertThat(pram.run("top", "--sort", "colour")).isEqualTo(2);
        assertThat(pram.stderr()).contains("'colour' is none of size, age, name");
    }

    @Test
    void looksOnOverANewConnection() {
        try (PramClient client = PramClient.connect(pram.daemon.uri(), AT_ONCE)) {
            TopSource source = new TopSource(client, "");
            assertThat(source.look().failure()).isNull();
            pram.daemon.cutConnections();
            source.look(); // perhaps it is this that notices
            assertThat(source.look().failure()).isNull();
            pram.daemon.close();
            TopSample gone = source.look();
            assertThat(gone.failure()).isNotNull();
            assertThat(gone.figures().count("frames.total")).hasValue(1024);
            assertThat(TopCommand.exitCode(gone)).isEqualTo(3);
        }
    }

    @Test
    void ratesAreWhatLiesBetweenTwoLooks() {
        TopFigures first = figures(1_000, "save connection=1 pages=10 of=0 millis=1000");
        TopFigures second = figures(3_000, "save connection=1 pages=30 of=0 millis=2000");
        TopRates rates = TopRates.between(first, second, 2_000_000_000L);
        assertThat(rates.savedBytes()).isEqualTo(1_000);
        assertThat(rates.commits()).isNaN();
        assertThat(TopRates.between(second, first, 1).savedBytes()).isNaN();

        OpenStream stream = second.streams().get(0);
        assertThat(stream.bytesPerSecond()).isEqualTo(30 * 4096 / 2.0);
        assertThat(stream.since(first.streams().get(0)).bytesPerSecond()).isEqualTo(20 * 4096.0);
        assertThat(first.streams().get(0).since(stream).bytesPerSecond()).isEqualTo(10 * 4096.0);
    }

    @Test
    void passesOverLinesThatItDoesNotUnderstand() {
        assertThat(OpenStream.parse("something else")).isNull();
        assertThat(OpenStream.parse("load connection=x pages=1 of=1 millis=1")).isNull();
        OpenStream odd =
                OpenStream.parse(
                        "load connection=1 pages=2 of=3 millis=4 principal=a name=b name=\nc");
        assertThat(odd.name()).isEqualTo("b name=\nc");
    }

    private static TopFigures figures(long savedBytes, String stream) {
        return TopFigures.of(
                Map.of(
                        "traffic.savedBytes",
                        InfoValue.of(savedBytes),
                        "streams.list",
                        InfoValue.of(List.of(stream + " principal=- name=n"))));
    }

    @Test
    void keysDoWhatTheHelpSays() {
        TopKeys keys = new TopKeys(TopSort.SIZE);
        assertThat(keys.press(-2)).isFalse();
        assertThat(keys.press('s')).isTrue();
        assertThat(keys.sort()).isEqualTo(TopSort.AGE);
        keys.press('s');
        keys.press('s');
        assertThat(keys.sort()).isEqualTo(TopSort.SIZE);
        keys.press(' ');
        assertThat(keys.state()).isEqualTo(TopLook.KeyState.PAUSED);
        keys.press('h');
        assertThat(keys.state()).isEqualTo(TopLook.KeyState.HELP);
        keys.press('h');
        assertThat(keys.state()).isEqualTo(TopLook.KeyState.RUNNING);
        assertThat(keys.isQuit()).isFalse();
        keys.press('q');
        assertThat(keys.isQuit()).isTrue();
    }

    @Test
    void agesAreShort() {
        assertThat(TopText.age(-5)).isEqualTo("0ms");
        assertThat(TopText.age(999)).isEqualTo("999ms");
        assertThat(TopText.age(59_999)).isEqualTo("59.9s");
        assertThat(TopText.age(245_000)).isEqualTo("4m05s");
        assertThat(TopText.age(7_380_000)).isEqualTo("2h03m");
        assertThat(TopText.age(266_400_000)).isEqualTo("3d02h");
    }

    @Test
    void aBarShowsWhatIsNotNothing() {
        assertThat(TopText.bar(1, 1, 1_000_000, 12)).isEqualTo("[#=........]");
        assertThat(TopText.bar(1_000_000, 1, 1_000_000, 12)).isEqualTo("[##########]");
        assertThat(TopText.bar(0, 0, 10, 12)).isEqualTo("[..........]");
        assertThat(TopText.bar(1, 1, 10, 6)).isEmpty();
    }
}
