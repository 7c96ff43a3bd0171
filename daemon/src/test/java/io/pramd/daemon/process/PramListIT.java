package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.Damage;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verbs of pram that look and remove, and where it connects to, as processes. */
class PramListIT {
    private static final int PAGE = 4096;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir static Path folder;

    private static DaemonProcess daemon;
    private static PramClient client;
    private static Commands commands;

    @BeforeAll
    static void start() {
        String unix = "pram+unix://" + folder.resolve("s");
        daemon =
                DaemonProcess.start(
                        folder.resolve("m"),
                        "--size",
                        "8M",
                        "--listen",
                        "pram://127.0.0.1:0",
                        "--listen",
                        unix);
        client = PramClient.connect(daemon.uri());
        commands = Commands.in(folder).with("PRAM_SERVER", unix);
        Await.until(
                "recovery is complete",
                () -> client.info().get("recovery.complete").equals(InfoValue.of(true)));
    }

    @AfterAll
    static void stop() {
        client.close();
        assertThat(daemon.stop()).isZero();
        daemon.close();
        Ended checked = Commands.in(folder).pramd("fsck", folder.resolve("m").toString());
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
    }

    @BeforeEach
    void empty() {
        client.removeAll("");
    }

    private static void save(String name, int length, Map<String, String> meta) throws IOException {
        save(name, "x", length, meta);
    }

    private static void save(String name, String letter, int length, Map<String, String> meta)
            throws IOException {
        SaveOptions options = SaveOptions.defaults().withMeta(meta);
        try (SaveStream save = client.openSave(name, options)) {
            save.write(letter.repeat(length).getBytes());
            save.finish();
        }
    }

    private static JsonNode json(String... args) throws IOException {
        Ended ended = commands.pram(args);
        assertThat(ended.exitCode()).as(ended.stderr()).isZero();
        assertThat(ended.stderr()).isEmpty();
        return JSON.readTree(ended.bytes());
    }

    private static List<String> fields(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void showsOneNodeFieldByField() throws Exception {
        save("a\u00e4\"", 5000, Map.of("k", "v\\"));
        NodeRecord node = client.stat("a\u00e4\"");

        JsonNode stat = json("stat", "a\u00e4\"", "--json");

        assertThat(fields(stat))
                .containsExactly(
                        "name",
                        "state",
                        "type",
                        "length",
                        "pages",
                        "sequence",
                        "created",
                        "expires",
                        "pfn",
                        "saveId",
                        "owner",
                        "meta");
        assertThat(stat.get("name").textValue()).isEqualTo("a\u00e4\"");
        assertThat(stat.get("state").textValue()).isEqualTo("ready");
        assertThat(stat.get("type").textValue()).isEqualTo("byte");
        assertThat(stat.get("length").longValue()).isEqualTo(5000);
        assertThat(stat.get("pages").longValue()).isEqualTo(2);
        assertThat(stat.get("sequence").longValue()).isEqualTo(node.sequence());
        assertThat(Instant.parse(stat.get("created").textValue()).toEpochMilli())
                .isEqualTo(node.createdMillis());
        assertThat(stat.get("pfn").longValue()).isEqualTo(node.pfn());
        assertThat(stat.get("saveId").textValue())
                .isEqualTo(node.saveId().toString())
                .matches("[0-9a-f]{32}");
        assertThat(stat.get("owner").isNull()).isTrue();
        assertThat(stat.get("meta")).isEqualTo(JSON.readTree("{\"k\": \"v\\\\\"}"));
        assertThat(commands.pram("stat", "a\u00e4\"").stdout())
                .contains("length:    5000 (4.9 KiB)", "meta:      k=v\\");
    }

    @Test
    void listsInTheOrderOfSavingWithTheFieldsOfStat() throws Exception {
        save("b/2", 1, Map.of());
        save("a", 2, Map.of());
        save("b/1", 3, Map.of());

        JsonNode all = json("ls", "--json");
        JsonNode some = json("ls", "b/", "--json");

        assertThat(all.findValuesAsText("name")).containsExactly("b/2", "a", "b/1");
        assertThat(some.findValuesAsText("name")).containsExactly("b/2", "b/1");
        assertThat(all.get(1)).isEqualTo(json("stat", "a", "--json"));
        assertThat(json("ls", "none", "--json")).isEqualTo(JSON.createArrayNode());
        assertThat(commands.pram("ls").stdout().lines().map(line -> line.split(" +")[0]))
                .containsExactly("STATE", "ready", "ready", "ready");
        assertThat(commands.pram("ls", "none").stdout()).isEmpty();
    }

    @Test
    void removesNodesByNameAndGoesOnBehindOneThatIsNotThere() throws Exception {
        save("a", 1, Map.of());
        save("b", 1, Map.of());
        save("c", 1, Map.of());

        Ended removed = commands.pram("rm", "a", "none", "b");

        assertThat(removed.exitCode()).isEqualTo(10);
        assertThat(removed.stderr()).startsWith("pram: ENOENT: ").hasLineCount(1);
        assertThat(client.list("")).extracting(NodeRecord::name).containsExactly("c");
        assertThat(commands.pram("rm", "c").exitCode()).isZero();
    }

    @Test
    void removesAllThatIsReadyOnlyWithYes() throws Exception {
        save("a", 1, Map.of());
        save("b", 1, Map.of());
        try (SaveStream open = client.openSave("open", SaveOptions.defaults())) {
            Ended refused = commands.shell("echo y | pram rm --all");
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.stderr()).contains("--yes");
            assertThat(client.list("")).hasSize(3);

            Ended removed = commands.pram("rm", "--all", "--yes");
            assertThat(removed.exitCode()).as(removed.stderr()).isZero();
            assertThat(removed.stdout()).isEqualTo("removed 2\n");
            open.write(1);
            open.finish();
        }
        assertThat(client.list("")).extracting(NodeRecord::name).containsExactly("open");
    }

    @Test
    void nestsItsFigures() throws Exception {
        save("a", 5000, Map.of());

        JsonNode info = json("info", "--json");

        assertThat(info.at("/frames/total").longValue()).isEqualTo((8 << 20) / PAGE);
        assertThat(info.at("/frames/free").isIntegralNumber()).isTrue();
        assertThat(info.at("/frames/held").isIntegralNumber()).isTrue();
        assertThat(info.at("/nodes/ready").longValue()).isEqualTo(1);
        assertThat(info.at("/nodes/quarantined").longValue()).isZero();
        assertThat(info.at("/recovery/complete").isBoolean()).isTrue();
        assertThat(info.at("/recovery/complete").booleanValue()).isTrue();
        assertThat(info.at("/recovery/report").isArray()).isTrue();
        assertThat(commands.pram("info").stdout())
                .contains("frames.total: 2048\n", "nodes.ready: 1\n", "recovery.complete: yes\n");
    }

    @Test
    void checksTheFileBesideItsDaemon() throws Exception {
        save("a", 5000, Map.of());

        JsonNode info = json("info", "--check", "--json");

        assertThat(info.at("/check/clean").booleanValue()).as(info.toString()).isTrue();
        assertThat(info.at("/check/problems")).isEmpty();
        assertThat(commands.pram("info", "--check").stdout()).contains("check: clean\n");
    }

    @Test
    void quarantinesADamagedNodeWhichIsLookedAtAndRemovedByItsPlace() throws Exception {
        save("bad", "y", 5000, Map.of());
        save("whole", 5000, Map.of());
        Damage.flip(folder.resolve("m"), pageOfDamagedNode(), 100);

        Ended loaded = commands.shell("pram load bad out");
        assertThat(loaded.exitCode()).as(loaded.stderr()).isEqualTo(18);
        assertThat(loaded.stderr()).startsWith("pram: EIO: ").hasLineCount(1);
        assertThat(folder.resolve("out")).doesNotExist();
        assertThat(commands.pram("stat", "bad").exitCode()).isEqualTo(10);

        JsonNode damaged = json("ls", "--json").findParents("reason").getFirst();
        String pfn = damaged.get("pfn").asText();
        assertThat(damaged.get("state").textValue()).isEqualTo("quarantined");
        assertThat(json("stat", "--quarantined", pfn, "--json")).isEqualTo(damaged);
        assertThat(commands.pram("ls").stdout()).contains("quarantined", "pfn " + pfn);
        Ended whole = commands.pram("cat", "whole");
        assertThat(whole.stdout()).isEqualTo("x".repeat(5000));

        assertThat(commands.pram("rm", "--quarantined", pfn).exitCode()).isZero();
        assertThat(client.list("")).extracting(NodeRecord::name).containsExactly("whole");
        assertThat(commands.pram("rm", "--quarantined", pfn).exitCode()).isEqualTo(10);
    }

    /** A page full of what was saved: of the only node with this letter. */
    private static long pageOfDamagedNode() throws IOException {
        byte[] file = Files.readAllBytes(folder.resolve("m"));
        for (int at = file.length - PAGE; at >= 0; at -= PAGE) {
            if (file[at] == 'y' && file[at + PAGE - 1] == 'y') {
                return at / PAGE;
            }
        }
        throw new AssertionError("no page holds what was saved");
    }

    @Test
    void connectsWhereTheOptionOrTheVariableSays() {
        assertThat(commands.pram("ping").stdout()).startsWith("pram+unix://").contains("answered");
        assertThat(commands.pram("ping", "--server", daemon.uri()).stdout())
                .startsWith(daemon.uri() + " answered in ");
        assertThat(commands.pram("--server", daemon.uri(), "ping").exitCode()).isZero();
    }

    @Test
    void waitsForADaemonThatIsNotThereYet() {
        String uri = "pram+unix://" + folder.resolve("late");
        Ended none = commands.pram("--server", uri, "ping");
        assertThat(none.exitCode()).isEqualTo(3);
        Ended never = commands.pram("--server", uri, "--connect-wait", "200ms", "ping");
        assertThat(never.exitCode()).isEqualTo(3);
        assertThat(never.stderr()).startsWith("pram: cannot connect to " + uri).hasLineCount(1);

        try (CommandProcess ping =
                        commands.startPram("--server", uri, "ping", "--connect-wait", "60s");
                DaemonProcess late = DaemonProcess.start(folder.resolve("m2"), "--listen", uri)) {
            assertThat(ping.end().exitCode()).isZero();
            assertThat(late.stop()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stat none --json | 10 | ENOENT",
                "--server pram://127.0.0.1:1 ls --json | 3 |"
            })
    void printsErrorsAsObjectsToo(String args, int code, String errno) throws Exception {
        Ended failed = commands.pram(args.split(" "));

        assertThat(failed.exitCode()).isEqualTo(code);
        assertThat(failed.stderr()).startsWith("pram: ").hasLineCount(1);
        JsonNode error = JSON.readTree(failed.bytes()).get("error");
        assertThat(fields(error)).containsExactly("errno", "message", "exitCode");
        assertThat(error.get("errno").textValue()).isEqualTo(errno);
        assertThat(error.get("exitCode").intValue()).isEqualTo(code);
        assertThat(error.get("message").textValue()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stat none | 10 | ENOENT",
                "stat | 2 | NAME",
                "stat --quarantined 77 | 10 | ENOENT",
                "rm | 2 | NAME",
                "rm a --all --yes | 2 | --all",
                "ls --nonsense | 2 | --nonsense",
                "--server http://x ls | 2 | http://x",
                "--connect-wait soon ls | 2 | --connect-wait",
                "nonsense | 2 | nonsense"
            })
    void refusesWithACodeThatNamesTheReason(String args, int code, String says) {
        Ended refused = commands.pram(args.split(" "));

        assertThat(refused.exitCode()).as(refused.stderr()).isEqualTo(code);
        assertThat(refused.stderr()).startsWith("pram: ").contains(says).hasLineCount(1);
        assertThat(refused.stdout()).isEmpty();
    }
}
