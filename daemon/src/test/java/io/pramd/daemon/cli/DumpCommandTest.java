package io.pramd.daemon.cli;

import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.ManualClock;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.node.Saver;
import io.pramd.daemon.recovery.BootIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpCommandTest {
    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void saveTwoNodes() {
        file = folder.resolve("m");
        How how = How.THREADED.underBoot(BootIds.read(BootIds.KERNEL));
        try (StoreFixture store = StoreFixture.formatWithLinks(file, 4 << 20, how)) {
            store.streams().save("first", bytes(1, 256 * 4096));
            store.streams().save("second", bytes(2, 5000));
        }
    }

    private String dump(Object... more) {
        Object[] args = new Object[more.length + 2];
        args[0] = "dump";
        args[1] = file;
        System.arraycopy(more, 0, args, 2, more.length);
        CommandRun run = CommandRun.of(args);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        return run.out();
    }

    @Test
    void printsFixedFramesRootAndNodes() {
        String out = dump();

        assertThat(out)
                .contains("frame 0: SUPER_BLOCK", "frame 512: SUPER_BLOCK, second copy of frame 0")
                .contains("frame 1: ROOT_SLOT", "frame 516: ROOT_SLOT")
                .contains("frame 6: SEQUENCE_RECORD", "frame 519: RUN_RECORD")
                .containsPattern("forced root \\d+: level=0 nodes=2")
                .containsPattern("slot 0: pfn=\\d+ sequence=\\d+ type=2 length=1048576 pages=256")
                .contains("name=\"second\"");
        assertThat(out).doesNotContain("NO: sum");
    }

    @Test
    void printsOwnersAndExpiriesOfNodesThatHaveThem() {
        ManualClock clock = new ManualClock();
        How how = How.THREADED.underBoot(BootIds.read(BootIds.KERNEL)).by(clock);
        try (StoreFixture store = StoreFixture.open(file, how)) {
            store.streams()
                    .save(
                            StreamDriver.request("third", NodeType.BYTE)
                                    .by(new Saver("ann", true))
                                    .livingMillis(1500),
                            bytes(3, 1));
            store.streams()
                    .save(
                            StreamDriver.request("fourth", NodeType.BYTE).by(Saver.NOBODY),
                            bytes(4, 1));
        }
        assertThat(dump())
                .contains("name=\"fourth\"\n")
                .contains("name=\"third\" owner=\"ann\" expires=2027-01-15T08:00:01.500Z\n");
    }

    @Test
    void printsEachKindOfFrame() throws IOException {
        try (CraftedFile crafted = new CraftedFile(file)) {
            long leaf = crafted.leafPfns().getFirst();
            long node = crafted.nodePfn(1);
            long link = crafted.linkPfn(1);
            long data = LinkLayout.entryPfn(crafted.read(link), 1);

            assertThat(dump("--frame", leaf))
                    .contains("DIRECTORY", "level                  0", "entry   1: tag=");
            assertThat(dump("--frame", node))
                    .contains("NODE", "verifies               yes", "\"second\"");
            assertThat(dump("--frame", link)).contains("LINK", "entry   1: flags=00000000");
            assertThat(dump("--frame", data))
                    .contains("data or free", String.format("%08x", crafted.crc(data)), "\n  *\n");
            assertThat(dump("--frame", 9)).isEqualTo("frame 9: zeros\n");
        }
    }

    @Test
    void printsANodeWithItsWholeChain() {
        String out = dump("--node", "first");

        assertThat(out)
                .contains("\"first\"", "data_len               1048576")
                .containsPattern("link 1: pfn=\\d+ verifies")
                .containsPattern("page 255: flags=00000000 csum=[0-9a-f]{8} pfn=\\d+");
    }

    @Test
    void printsEntriesOfANodePage() throws IOException {
        Path inlined = file.resolveSibling("inlined");
        How how = How.THREADED.underBoot(BootIds.read(BootIds.KERNEL));
        try (StoreFixture store = StoreFixture.format(inlined, 4 << 20, how)) {
            store.streams().save("short", bytes(2, 5000));
        }
        file = inlined;
        try (CraftedFile crafted = new CraftedFile(file)) {
            assertThat(dump("--frame", crafted.nodePfn(0)))
                    .contains("inline_count           2", "entry   1: flags=00000000 csum=")
                    .doesNotContain("entry   2:");
        }
        assertThat(dump("--node", "short"))
                .contains("no links: entries in the node page")
                .containsPattern("page 1: flags=00000000 csum=[0-9a-f]{8} pfn=\\d+");
    }

    @Test
    void saysWhatDoesNotVerify() throws IOException {
        try (CraftedFile crafted = new CraftedFile(file)) {
            long node = crafted.nodePfn(0);
            long link = crafted.linkPfn(1);
            Damage.flip(file, node, 4000);
            Damage.flip(file, link, 4000);
            Damage.flip(file, 512, 100);

            assertThat(dump("--frame", node)).contains("NO: sum of its bytes is ");
            assertThat(dump("--node", "second")).contains("chain is broken: link does not verify");
            assertThat(dump()).contains("slot 0: node page does not verify", "NO: sum");
        }
    }

    @Test
    void escapesWhatCouldPlayTricksOnATerminal() throws IOException {
        How how = How.THREADED.underBoot(BootIds.read(BootIds.KERNEL));
        try (StoreFixture store = StoreFixture.open(file, how)) {
            store.streams()
                    .save(StreamDriver.withMeta("third", Map.of("k", "\u001b[2J")), new byte[10]);
        }
        assertThat(dump("--node", "third")).contains("\\u001b[2J").doesNotContain("\u001b");

        try (CraftedFile crafted = new CraftedFile(file)) {
            crafted.node(1, page -> page.put(32, (byte) 27));
        }
        assertThat(dump()).doesNotContain("\u001b");
    }

    @Test
    void refusesWhatIsNotThere() {
        CommandRun frame = CommandRun.of("dump", file, "--frame", 1024);
        CommandRun node = CommandRun.of("dump", file, "--node", "third");
        CommandRun missing = CommandRun.of("dump", folder.resolve("none"));
        CommandRun both = CommandRun.of("dump", file, "--frame", 1, "--node", "first");

        assertThat(frame.exitCode()).isEqualTo(15);
        assertThat(frame.err()).startsWith("pramd: EINVAL: no such frame").hasLineCount(1);
        assertThat(node.exitCode()).isEqualTo(10);
        assertThat(node.err()).startsWith("pramd: ENOENT: no node of this name").hasLineCount(1);
        assertThat(missing.exitCode()).isEqualTo(10);
        assertThat(both.exitCode()).isEqualTo(2);
    }

    @Test
    void changesNothing() throws Exception {
        byte[] before = sha();
        dump();
        dump("--node", "first");
        CommandRun.of("fsck", file);

        assertThat(sha()).isEqualTo(before);
    }

    private byte[] sha() throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    }
}
