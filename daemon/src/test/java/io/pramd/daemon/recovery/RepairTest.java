package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.Salvaged;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.node.Root.PageRef;
import io.pramd.daemon.node.State;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepairTest {
    /** Two leaves and a page above them. */
    private static final int NODES = DirectoryLayout.ENTRIES + 20;

    private static final int OFFSET = 200;

    @TempDir Path folder;
    private Path file;
    private Path undo;

    @BeforeEach
    void saveNodes() {
        file = folder.resolve("m");
        undo = folder.resolve("m.undo");
        try (StoreFixture store = StoreFixture.format(file, 8 << 20, How.ON_CALLER_ALONE)) {
            for (int i = 0; i < NODES; i++) {
                store.streams().save("n" + i, bytes(i, i * 20));
            }
            store.streams().save("gone", bytes(1, 5000));
            store.store().remove("gone", 0).join();
        }
    }

    private List<PageRef> directory() {
        try (FileChannel channel = FileChannel.open(file)) {
            Identity identity = Identity.read(FileFrames.of(channel));
            FixedFrames fixed = new FixedFrames(FileFrames.of(channel), identity.uuid());
            Root root = Root.of(fixed.slots(RootSlotLayout.KIND_CURRENT).getFirst().slot());
            List<PageRef> pages = new ArrayList<>();
            new TreeReader(FileFrames.of(channel), identity.uuid(), identity.frameCount())
                    .read(root)
                    .forEachPage(pages::add);
            return pages;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private int level(PageRef page) {
        ByteBuffer bytes = ByteBuffer.wrap(Damage.frame(file, page.pfn1()));
        return DirectoryLayout.level(bytes.order(ByteOrder.LITTLE_ENDIAN));
    }

    private List<String> repair() {
        return Repair.repair(file, undo, StoreFixture.BOOT);
    }

    private FsckReport check() {
        return Fsck.check(file, StoreFixture.BOOT);
    }

    private StoreFixture open() {
        return StoreFixture.open(file, How.ON_CALLER_ALONE);
    }

    @Test
    void everyDamagedTwinIsMadeWholeAndCanBeDamagedAgain() throws IOException {
        boolean isFirst = true;
        for (PageRef page : directory()) {
            Damage.flip(file, isFirst ? page.pfn1() : page.pfn2(), OFFSET);
            isFirst = !isFirst;
        }
        Damage.flip(file, FileLayout.SUPER_BLOCK_PFN, 20);
        byte[] damaged = Files.readAllBytes(file);

        List<String> steps = repair();

        assertThat(steps).hasSize(4).allMatch(step -> step.contains("from its twin"));
        assertThat(check().isClean()).as(check().toString()).isTrue();
        byte[] repaired = Files.readAllBytes(file);
        assertThat(Repair.undo(file, undo)).isEqualTo(4);
        assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
        Files.delete(undo);
        repair();
        assertThat(Files.readAllBytes(file)).isEqualTo(repaired);
        requireAllLoad(0, NODES);
        assertThat(check().isClean()).as(check().toString()).isTrue();
    }

    private void requireAllLoad(int from, int to) {
        try (StoreFixture store = open().damaged()) {
            for (int i = from; i < to; i++) {
                assertThat(store.streams().peek("n" + i)).isEqualTo(bytes(i, i * 20));
            }
        }
    }

    private void loseFirstLeaf() {
        PageRef leaf =
                directory().stream().filter(page -> level(page) == 0).findFirst().orElseThrow();
        Damage.flip(file, leaf.pfn1(), OFFSET);
        Damage.flip(file, leaf.pfn2(), OFFSET);
    }

    @Test
    void nodesBelowAPageThatIsLostTwiceComeBackQuarantined() {
        loseFirstLeaf();
        refused(Errno.EIO, this::open);

        List<String> steps = repair();

        assertThat(steps)
                .anyMatch(step -> step.contains("nodes kept=20, found and quarantined=25"));
        requireAllLoad(DirectoryLayout.ENTRIES, NODES);
        try (StoreFixture store = open().damaged()) {
            List<NodeInfo> all = store.store().list(new ListRequest("", 0, 0, 1000)).join().nodes();
            List<NodeInfo> quarantined =
                    all.stream().filter(node -> node.state() == State.QUARANTINED).toList();
            assertThat(all).hasSizeGreaterThanOrEqualTo(NODES);
            refused(Errno.ENOENT, () -> store.streams().peek("n0"));
            assertThat(quarantined).hasSizeGreaterThanOrEqualTo(DirectoryLayout.ENTRIES);
            NodeInfo n9 =
                    quarantined.stream().filter(node -> node.name().equals("n9")).findAny().get();
            Salvaged salvaged = Salvaged.byPfn(store.store(), n9.pfn());
            assertThat(salvaged.badPages().isEmpty()).isTrue();
            assertThat(salvaged.bytes()).isEqualTo(bytes(9, 180));
            store.streams().save("n0", bytes(7, 9000));
            assertThat(store.streams().peek("n0")).isEqualTo(bytes(7, 9000));
            quarantined.forEach(node -> store.store().removeQuarantined(node.pfn()).join());
            store.requireEveryFrameAccountedFor();
        }
        assertThat(check().isClean()).as(check().toString()).isTrue();
    }

    @Test
    void aRepairOfALostDirectoryCanBeTakenBack() throws IOException {
        loseFirstLeaf();
        byte[] damaged = Files.readAllBytes(file);
        repair();

        Repair.undo(file, undo);

        assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
    }

    @Test
    void undoIsRefusedAfterAStartAndForAnotherFile() throws IOException {
        Damage.flip(file, directory().getFirst().pfn2(), OFFSET);
        Damage.flip(file, FileLayout.SUPER_BLOCK_PFN, 20);
        repair();
        Path other = folder.resolve("other");
        StoreFixture.format(other).close();
        byte[] before = Files.readAllBytes(other);

        refused(Errno.EINVAL, () -> Repair.undo(other, undo));
        assertThat(Files.readAllBytes(other)).isEqualTo(before);
        Damage.flip(undo, 0, 30);
        refused(Errno.EINVAL, () -> Repair.undo(file, undo));
        Damage.flip(undo, 0, 30);
        Damage.flip(file, FileLayout.SUPER_BLOCK_PFN, 50);
        refused(Errno.EINVAL, () -> Repair.undo(file, undo));
    }

    @Test
    void undoFileThatIsThereIsNeverOverwritten() throws IOException {
        Damage.flip(file, directory().getFirst().pfn1(), OFFSET);
        Files.writeString(undo, "precious");
        byte[] before = Files.readAllBytes(file);

        refused(Errno.EEXIST, this::repair);

        assertThat(Files.readString(undo)).isEqualTo("precious");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void wholeFileIsLeftAlone() throws IOException {
        byte[] before = Files.readAllBytes(file);

        assertThat(repair()).isEmpty();

        assertThat(undo).doesNotExist();
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void fileThatADaemonHasIsRefused() {
        try (StoreFixture store = open()) {
            assertThat(store.streams().peek("n1")).isEqualTo(bytes(1, 20));
            refused(Errno.EBUSY, this::repair);
        }
    }

    @Test
    void fullStoreHasRoomForANewDirectoryInItsReserve() {
        try (StoreFixture store = open()) {
            for (int i = 0; fits(store, "fill" + i); i++) {}
        }
        loseFirstLeaf();

        repair();

        requireAllLoad(DirectoryLayout.ENTRIES, NODES);
    }

    private static boolean fits(StoreFixture store, String name) {
        try {
            store.streams().save(name, bytes(1, 100_000));
            return true;
        } catch (StoreException e) {
            assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
            return false;
        }
    }
}
