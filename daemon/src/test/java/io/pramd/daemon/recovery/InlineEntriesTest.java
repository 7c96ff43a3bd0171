package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.FrameCensus;
import io.pramd.daemon.fixture.Salvaged;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams whose entries are in their node page, and what damage costs them. */
class InlineEntriesTest {
    private static final int PAGES = NodeLayout.INLINE_ENTRIES_MAX;
    private static final byte[] CONTENTS = bytes(2, PAGES * PAGE - 100);
    private static final int SLOT = 1; // of the node in the middle
    private static final int ENTRY = 20;

    @TempDir Path folder;
    private Path file;
    private long nodePfn;
    private final long[] pages = new long[PAGES];

    @BeforeEach
    void saveThreeNodes() throws IOException {
        file = folder.resolve("m");
        try (StoreFixture store = StoreFixture.format(file, 4 << 20, How.ON_CALLER)) {
            store.streams().save("before", bytes(1, 50_000));
            store.streams().save("bad", CONTENTS);
            store.streams().save("after", bytes(3, 50_000));
        }
        try (CraftedFile crafted = new CraftedFile(file)) {
            nodePfn = crafted.nodePfn(SLOT);
            ByteBuffer node = crafted.read(nodePfn);
            assertThat(NodeLayout.linkPfn(node)).isZero();
            for (int entry = 0; entry < PAGES; entry++) {
                pages[entry] = NodeLayout.inlinePfn(node, entry);
            }
        }
    }

    private static int at(String field) {
        return CraftedFile.offset(NodeLayout.FIELDS, field);
    }

    private static int entryAt(int entry) {
        return at("inline_entries") + 16 * entry;
    }

    private static BitSet pagesOf(int... indexes) {
        BitSet set = new BitSet();
        for (int index : indexes) {
            set.set(index);
        }
        return set;
    }

    private void craft(Consumer<ByteBuffer> change) throws IOException {
        try (CraftedFile crafted = new CraftedFile(file)) {
            crafted.node(SLOT, change);
        }
    }

    @Test
    void nodeOfOnePageTakesTwoFrames() {
        long before = FrameCensus.of(file, StoreFixture.BOOT).reached();
        try (StoreFixture store = StoreFixture.open(file, How.ON_CALLER)) {
            store.streams().save("one", bytes(4, PAGE));
        }

        assertThat(FrameCensus.of(file, StoreFixture.BOOT).reached()).isEqualTo(before + 2);
    }

    @Test
    void fileWithoutTheFeatureHasALinkForEveryStream() throws IOException {
        Path older = folder.resolve("older");
        byte[] contents = bytes(5, 3 * PAGE);
        try (StoreFixture store = StoreFixture.formatWithLinks(older, 4 << 20, How.ON_CALLER)) {
            store.streams().save("a", contents);
        }
        try (StoreFixture store = StoreFixture.open(older, How.ON_CALLER)) {
            store.streams().save("b", contents);
            assertThat(store.streams().peek("a")).isEqualTo(contents);
            assertThat(store.streams().consume("b")).isEqualTo(contents);
            store.streams().save("b", contents);
            store.requireEveryFrameAccountedFor();
        }

        assertThat(FrameCensus.of(older, StoreFixture.BOOT).linkFrames().cardinality())
                .isEqualTo(2);
        try (CraftedFile crafted = new CraftedFile(older)) {
            assertThat(SuperBlockLayout.featuresIncompatible(crafted.read(0))).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"37", "39", "0", "-1"})
    void quarantinesANodeWhoseEntriesAreNotAsManyAsItsPages(int count) throws IOException {
        craft(page -> NodeLayout.inlineCount(page, count));

        requireQuarantined(count == 0 ? "length does not fit" : "inline entries do not fit");
    }

    @Test
    void quarantinesANodeWithEntriesAndALink() throws IOException {
        craft(page -> page.putLong(at("link_pfn"), nodePfn));

        requireQuarantined("length does not fit");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 3, 515, FileLayout.FRAMES_MIN, 1L << 50})
    void quarantinesANodeWithAnEntryAtNoUsableFrame(long pfn) throws IOException {
        craft(page -> page.putLong(entryAt(ENTRY) + 8, pfn));

        requireQuarantined("inline entry names no usable frame: entry=" + ENTRY);
    }

    /** And all but what was changed is found, since the pages prove their entries. */
    private void requireQuarantined(String reason) {
        try (StoreFixture store = StoreFixture.open(file, How.ON_CALLER).damaged()) {
            NodeInfo node = await(store.store().statQuarantined(nodePfn));
            assertThat(node.reason()).contains(reason);
            assertThat(store.streams().peek("before")).isEqualTo(bytes(1, 50_000));
            assertThat(store.streams().peek("after")).isEqualTo(bytes(3, 50_000));
            assertThat(Salvaged.byPfn(store.store(), nodePfn).badPages().cardinality())
                    .isLessThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"csum", "name", "page_count", "inline_count", "link_pfn", "sequence"})
    void findsAllPagesOfANodePageThatDoesNotVerify(String field) {
        Damage.flip(file, nodePfn, at(field));

        requireKeptAndFreed(pagesOf());
    }

    @Test
    void losesOnlyThePageWhoseEntryIsDamaged() {
        Damage.flip(file, nodePfn, entryAt(ENTRY) + 8);

        requireKeptAndFreed(pagesOf(ENTRY));
    }

    @Test
    void losesTheLastPageWithItsEntry() {
        Damage.flip(file, nodePfn, entryAt(PAGES - 1) + 4);

        requireKeptAndFreed(pagesOf(PAGES - 1));
    }

    @Test
    void losesThePageThatIsDamagedTogetherWithItsNodePage() {
        Damage.flip(file, nodePfn, at("save_id"));
        Damage.zero(file, pages[0]);

        requireKeptAndFreed(pagesOf(0));
    }

    /** Nothing that was kept is handed out, however much is saved; all of it comes back at last. */
    private void requireKeptAndFreed(BitSet lost) {
        try (StoreFixture store = StoreFixture.open(file, How.ON_CALLER).damaged()) {
            requireSalvage(store, lost);
            await(store.store().force());
            store.requireHeldAtMost(0);
            FsckReport report = Fsck.check(file, StoreFixture.BOOT);
            assertThat(report.counts().unreached() + report.counts().held())
                    .as(report.toString())
                    .isEqualTo(store.info("frames.free"));
            store.streams().save("fill", new byte[(int) (store.info("frames.free") - 80) * PAGE]);
            requireSalvage(store, lost);
            await(store.store().removeAll("fill"));
            await(store.store().removeQuarantined(nodePfn));
            refused(Errno.ENOENT, store.store().removeQuarantined(nodePfn));
            await(store.store().force());
            store.requireHeldAtMost(0);
            store.requireEveryFrameAccountedFor();
            store.kill();
        }
        try (StoreFixture next = StoreFixture.open(file, How.ON_CALLER)) {
            assertThat(next.streams().peek("after")).isEqualTo(bytes(3, 50_000));
            next.requireEveryFrameAccountedFor();
        }
    }

    private void requireSalvage(StoreFixture store, BitSet lost) {
        Salvaged salvaged = Salvaged.byPfn(store.store(), nodePfn);
        assertThat(salvaged.badPages()).isEqualTo(lost);
        assertThat(salvaged.bytes()).startsWith(Salvaged.without(CONTENTS, lost));
    }

    @Test
    void goesOnBehindADamagedPageOfAWholeNode() {
        Damage.flip(file, pages[ENTRY], 5);
        try (StoreFixture store = StoreFixture.open(file, How.ON_CALLER).damaged()) {
            Salvaged salvaged = Salvaged.byName(store.store(), "bad");
            assertThat(salvaged.badPages()).isEqualTo(pagesOf(ENTRY));
            assertThat(salvaged.bytes()).isEqualTo(Salvaged.without(CONTENTS, pagesOf(ENTRY)));
        }
        FsckReport report = Fsck.check(file, StoreFixture.BOOT);
        assertThat(report.problems()).as(report.toString()).hasSize(1);
        assertThat(report.problems().getFirst().kind()).isEqualTo(Kind.DATA_PAGE);
    }

    @Test
    void checkNamesBytesBehindTheEntries() throws IOException {
        try (CraftedFile crafted = new CraftedFile(file)) {
            crafted.node(2, page -> page.put(entryAt(PAGES - 1), (byte) 1));
        }

        FsckReport report = Fsck.check(file, StoreFixture.BOOT);

        assertThat(report.problems()).as(report.toString()).hasSize(1);
        assertThat(report.problems().getFirst().kind()).isEqualTo(Kind.NODE_PAGE);
    }
}
