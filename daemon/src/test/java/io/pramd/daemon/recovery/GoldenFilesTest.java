package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StoreFixture.BOOT;
import static io.pramd.daemon.recovery.GoldenFiles.contents;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Salvaged;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.PageBatch;
import io.pramd.daemon.node.State;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that were written when their format version was frozen open, and hold what they held. */
class GoldenFilesTest {
    private static final ListRequest ALL = new ListRequest("", 0, 0, 1000);
    private static final int PAGE = StreamDriver.PAGE;

    @TempDir Path folder;

    private StoreFixture open(String name, boolean isSameBoot) throws IOException {
        Path file = GoldenFiles.unpack(name, folder);
        return StoreFixture.open(file, GoldenFiles.under(isSameBoot));
    }

    private static List<String> ready(StoreFixture store) {
        return list(store, State.READY).stream().map(NodeInfo::name).toList();
    }

    private static List<NodeInfo> list(StoreFixture store, State state) {
        return await(store.store().list(ALL)).nodes().stream()
                .filter(node -> node.state() == state)
                .toList();
    }

    private static void requireBytes(StoreFixture store, String name, int seed, int length) {
        NodeInfo node = await(store.store().stat(name));
        assertThat(node.type()).contains(NodeType.BYTE);
        assertThat(store.streams().peek(name)).isEqualTo(contents(seed, length));
    }

    private static void requirePages(StoreFixture store) {
        NodeInfo node = await(store.store().stat("pages"));
        assertThat(node.type()).contains(NodeType.PAGE);
        assertThat(node.pages()).isEqualTo(GoldenFiles.PAGES);
        byte[] expected = contents(1, GoldenFiles.PAGES * PAGE);
        assertThat(store.streams().peek("pages")).isEqualTo(expected);
        LoadStream stream = store.streams().openLoad("pages", true);
        PageBatch last = await(stream.read(GoldenFiles.PAGES - 1, 1));
        assertThat((int) last.table()[0]).isEqualTo(GoldenFiles.FLAGS);
        last.release();
        stream.abort();
    }

    private static void requireEmptyWithMeta(StoreFixture store) {
        NodeInfo node = await(store.store().stat("größe"));
        assertThat(node.meta()).isEqualTo(GoldenFiles.META);
        assertThat(store.streams().peek("größe")).isEmpty();
    }

    /** It is not only read: it can be changed, closed and opened again. */
    private static void requireLife(StoreFixture store, String replaced) {
        store.streams().save("later", contents(9, 70_000));
        store.streams()
                .save(StreamDriver.replacing(replaced, NodeType.BYTE), contents(10, 9 * PAGE));
        StoreFixture next = store.restart();
        requireBytes(next, "later", 9, 70_000);
        requireBytes(next, replaced, 10, 9 * PAGE);
        next.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void holdsWhatWasSavedBeforeACleanStop(boolean isSameBoot) throws IOException {
        Path file = GoldenFiles.unpack("version1-plain", folder);
        assertThat(Fsck.check(file, GoldenFiles.under(isSameBoot).bootId()).isClean()).isTrue();
        StoreFixture store = StoreFixture.open(file, GoldenFiles.under(isSameBoot));
        assertThat(ready(store)).containsExactly("pages", "größe", "bytes", "last");
        requirePages(store);
        requireEmptyWithMeta(store);
        requireBytes(store, "bytes", 2, 5000);
        requireBytes(store, "last", 3, PAGE);
        assertThat(await(store.store().stat("bytes")).saveKey()).isEqualTo(GoldenFiles.SAVE_KEY);
        store.requireEveryFrameAccountedFor();
        requireLife(store, "bytes");
    }

    @Test
    void holdsWhatCameBeforeAKill() throws IOException {
        StoreFixture store = open("version1-changed", true);
        assertThat(ready(store)).containsExactly("pages", "größe", "bytes", "new");
        requirePages(store);
        requireEmptyWithMeta(store);
        requireBytes(store, "bytes", 4, 9000);
        requireBytes(store, "new", 5, 100);
        refused(Errno.ENOENT, store.store().stat("last"));
        store.requireEveryFrameAccountedFor();
        requireLife(store, "new");
    }

    @Test
    void holdsTheLastForcedRootBehindAPowerCut() throws IOException {
        StoreFixture store = open("version1-changed", false);
        assertThat(ready(store)).containsExactly("pages", "größe", "bytes", "last");
        requirePages(store);
        requireBytes(store, "bytes", 2, 5000);
        requireBytes(store, "last", 3, PAGE);
        refused(Errno.ENOENT, store.store().stat("new"));
        requireLife(store, "last");
    }

    @Test
    void quarantinesWhatWasDamagedAndHoldsTheRest() throws IOException {
        Path file = GoldenFiles.unpack("version1-damaged", folder);
        FsckReport report = Fsck.check(file, BOOT);
        assertThat(report.problems().stream().map(FsckProblem::kind))
                .containsExactlyInAnyOrder(Kind.LINK, Kind.DATA_PAGE);
        StoreFixture store = StoreFixture.open(file, GoldenFiles.under(true)).damaged();
        assertThat(ready(store)).containsExactly("größe", "bytes", "last", "pages");
        requireBytes(store, "pages", 6, 700);
        requireBytes(store, "bytes", 2, 5000);
        requireEmptyWithMeta(store);
        assertThat(list(store, State.QUARANTINED))
                .singleElement()
                .satisfies(node -> assertThat(node.name()).isEqualTo("pages"))
                .satisfies(node -> assertThat(node.pages()).isEqualTo(GoldenFiles.PAGES));
        LoadStream last = store.streams().openLoad("last", true);
        assertThat(await(last.report(0)).agreed()).isTrue();
        last.abort();
        for (NodeInfo node : list(store, State.QUARANTINED)) {
            await(store.store().removeQuarantined(node.pfn()));
        }
        requireLife(store, "pages");
        assertThat(Fsck.check(file, BOOT).isClean()).isTrue();
    }

    @Test
    void holdsEntriesInNodePages() throws IOException {
        Path file = GoldenFiles.unpack("version1-inlined", folder);
        FsckReport report = Fsck.check(file, BOOT);
        assertThat(report.problems().stream().map(FsckProblem::kind))
                .containsExactly(Kind.NODE_PAGE);
        assertThat(report.counts().link()).isEqualTo(2); // of the longest
        StoreFixture store = StoreFixture.open(file, GoldenFiles.under(true)).damaged();
        assertThat(ready(store)).containsExactly("pages", "größe", "bytes");
        requirePages(store);
        requireBytes(store, "bytes", 2, 5000);
        requireEmptyWithMeta(store);
        NodeInfo last = list(store, State.QUARANTINED).getFirst();
        assertThat(Salvaged.byPfn(store.store(), last.pfn()).bytes()).isEqualTo(contents(3, PAGE));
        await(store.store().removeQuarantined(last.pfn()));
        requireLife(store, "bytes");
        assertThat(Fsck.check(file, BOOT).isClean()).isTrue();
    }
}
