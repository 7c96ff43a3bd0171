package io.pramd.daemon.cli;

import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.recovery.BootIds;
import io.pramd.daemon.recovery.FsckProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FsckCommandTest {
    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void saveTwoNodes() {
        file = folder.resolve("m");
        How how = How.THREADED.underBoot(BootIds.read(BootIds.KERNEL));
        try (StoreFixture store = StoreFixture.format(file, 4 << 20, how)) {
            store.streams().save("a", bytes(1, 5000));
            store.streams().save("b", bytes(2, 0));
        }
    }

    private static JsonNode json(CommandRun run) throws IOException {
        return new ObjectMapper().readTree(run.out());
    }

    private static List<String> keys(JsonNode object) {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    @Test
    void cleanFileExitsWithZero() {
        CommandRun fsck = CommandRun.of("fsck", file);

        assertThat(fsck.exitCode()).isZero();
        assertThat(fsck.err()).isEmpty();
        assertThat(fsck.out()).contains("4 MiB, 1024 frames", "nodes: 2\n").endsWith("clean\n");
    }

    @Test
    void damagedFileExitsWithOneAndALineAProblem() {
        Damage.flip(file, 512, 100);
        Damage.flip(file, 9, 100);

        CommandRun fsck = CommandRun.of("fsck", file);

        assertThat(fsck.exitCode()).isEqualTo(1);
        assertThat(fsck.out().lines().filter(line -> line.startsWith("problem: "))).hasSize(2);
        assertThat(fsck.out())
                .contains("problem: RESERVED_FRAME frame 9: expected zeros, found ")
                .endsWith("DAMAGED: 2 problems\n");
    }

    @Test
    void whatCannotBeCheckedExitsWithTwo() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "no memory file");

        CommandRun missing = CommandRun.of("fsck", folder.resolve("none"));
        CommandRun foreign = CommandRun.of("fsck", other);
        CommandRun usage = CommandRun.of("fsck");

        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).startsWith("pramd: ENOENT: ").hasLineCount(1);
        assertThat(foreign.exitCode()).isEqualTo(2);
        assertThat(foreign.err()).startsWith("pramd: EINVAL: not a memory file").hasLineCount(1);
        assertThat(usage.exitCode()).isEqualTo(2);
        assertThat(Files.readString(other)).isEqualTo("no memory file");
    }

    @Test
    void jsonIsTheDocumentedObject() throws IOException {
        Damage.flip(file, 9, 100);

        CommandRun fsck = CommandRun.of("fsck", file, "--json");
        JsonNode json = json(fsck);

        assertThat(fsck.exitCode()).isEqualTo(1);
        assertThat(keys(json))
                .containsExactly(
                        "file",
                        "clean",
                        "besideDaemon",
                        "root",
                        "nodes",
                        "frames",
                        "problemCount",
                        "problems",
                        "notes");
        assertThat(keys(json.get("root")))
                .containsExactly("sequence", "forced", "level", "nodeCount");
        assertThat(keys(json.get("nodes"))).containsExactly("total", "quarantined");
        assertThat(keys(json.get("frames")))
                .containsExactly(
                        "total", "fixed", "directory", "node", "link", "data", "unreached", "held");
        assertThat(keys(json.get("problems").get(0)))
                .containsExactly("kind", "where", "expected", "actual");
        assertThat(json.get("clean").booleanValue()).isFalse();
        assertThat(json.get("problemCount").longValue()).isEqualTo(1);
        assertThat(json.get("frames").get("data").longValue()).isEqualTo(2);
    }

    @Test
    void repairMakesACleanFileAndUndoTakesItBack() throws IOException {
        Damage.flip(file, 512, 100);
        byte[] damaged = Files.readAllBytes(file);
        Path undo = folder.resolve("m.undo");

        CommandRun repair = CommandRun.of("fsck", file, "--repair");
        CommandRun again = CommandRun.of("fsck", file, "--repair");
        CommandRun both = CommandRun.of("fsck", file, "--repair", "--undo", undo);
        CommandRun back = CommandRun.of("fsck", file, "--undo", undo);

        assertThat(repair.exitCode()).isZero();
        assertThat(repair.err())
                .contains("repair: frame 512: super block", "to take it back: --undo " + undo);
        assertThat(repair.out()).endsWith("clean\n");
        assertThat(again.err()).isEqualTo("nothing to repair\n");
        assertThat(both.exitCode()).isEqualTo(2);
        assertThat(back.exitCode()).isEqualTo(1);
        assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
    }

    @Test
    void everyKindOfProblemIsDescribed() throws IOException {
        String page = Files.readString(Path.of("../docs/cli.md"));

        for (FsckProblem.Kind kind : FsckProblem.Kind.values()) {
            assertThat(page).contains("| `" + kind + "` | ");
        }
    }

    @Test
    void jsonOfWhatCannotBeCheckedHasTheError() throws IOException {
        CommandRun fsck = CommandRun.of("fsck", "--json", folder.resolve("none"));

        assertThat(fsck.exitCode()).isEqualTo(2);
        assertThat(json(fsck).get("error").get("errno").textValue()).isEqualTo("ENOENT");
        assertThat(fsck.err()).startsWith("pramd: ENOENT: ");
    }
}
