package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.Salvaged;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node of five links, the last one partial, between others, and what damage costs it. */
class LostLinksTest {
    private static final int PAGES = 4 * LinkLayout.ENTRIES + 50;
    private static final byte[] CONTENTS = bytes(2, PAGES * PAGE - 100);

    @TempDir Path folder;
    private Path file;
    private long nodePfn;
    private final List<Long> links = new ArrayList<>();

    @BeforeEach
    void saveThreeNodes() {
        file = folder.resolve("m");
        StoreFixture fixture = StoreFixture.format(file);
        fixture.streams().save("before", bytes(1, 50_000));
        fixture.streams().save("bad", CONTENTS);
        nodePfn = await(fixture.store().stat("bad")).pfn();
        fixture.streams().save("after", bytes(3, 50_000));
        fixture.kill();
        for (long pfn = NodeLayout.linkPfn(page(nodePfn)); pfn != 0; ) {
            links.add(pfn);
            pfn = LinkLayout.linkPfn(page(pfn));
        }
        assertThat(links).hasSize(5);
    }

    private ByteBuffer page(long pfn) {
        return ByteBuffer.wrap(Damage.frame(file, pfn)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The pages of some links, by their positions. */
    private static BitSet pagesOf(int... positions) {
        BitSet pages = new BitSet();
        for (int position : positions) {
            int begin = position * LinkLayout.ENTRIES;
            pages.set(begin, Math.min(begin + LinkLayout.ENTRIES, PAGES));
        }
        return pages;
    }

    private static void requireSalvage(StoreFixture fixture, long pfn, BitSet lost) {
        Salvaged salvaged = Salvaged.byPfn(fixture.store(), pfn);
        assertThat(salvaged.badPages()).isEqualTo(lost);
        assertThat(salvaged.bytes()).isEqualTo(Salvaged.without(CONTENTS, lost));
        salvaged.holes()
                .values()
                .forEach(hole -> assertThat(hole.reason()).contains("no link that verifies"));
    }

    /** Nothing that was kept is handed out, however much is saved; all of it comes back at last. */
    private void requireKeptAndFreed(BitSet lost) {
        int found = PAGES - lost.cardinality();
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged()) {
            NodeInfo node = await(fixture.store().statQuarantined(nodePfn));
            assertThat(node.reason()).contains("pages found: " + found + " of ");
            requireSalvage(fixture, nodePfn, lost);
            requireSameFree(fixture);
            fillUp(fixture);
            requireSalvage(fixture, nodePfn, lost);
            await(fixture.store().removeAll("fill"));
            requireRemoval(fixture);
            fixture.kill();
        }
        try (StoreFixture next = StoreFixture.open(file, How.THREADED)) {
            refused(Errno.ENOENT, next.store().statQuarantined(nodePfn));
            next.requireEveryFrameAccountedFor();
        }
    }

    private void requireRemoval(StoreFixture fixture) {
        await(fixture.store().removeQuarantined(nodePfn));
        refused(Errno.ENOENT, fixture.store().removeQuarantined(nodePfn));
        await(fixture.store().force());
        fixture.requireHeldAtMost(0);
        fixture.requireEveryFrameAccountedFor();
        assertThat(fixture.streams().peek("before")).isEqualTo(bytes(1, 50_000));
        assertThat(fixture.streams().peek("after")).isEqualTo(bytes(3, 50_000));
    }

    /** The checker counts as a start does. */
    private void requireSameFree(StoreFixture fixture) {
        await(fixture.store().force());
        fixture.requireHeldAtMost(0);
        FsckReport report = Fsck.check(file, StoreFixture.BOOT);
        assertThat(report.counts().quarantined()).isEqualTo(1);
        assertThat(unheld(report)).as(report.toString()).isEqualTo(fixture.info("frames.free"));
    }

    /** Once the root is forced, what only the one before it reaches is free as well. */
    private static long unheld(FsckReport report) {
        return report.counts().unreached() + report.counts().held();
    }

    private static void fillUp(StoreFixture fixture) {
        for (int i = 0; ; i++) {
            try {
                fixture.streams().save("fill" + i, bytes(i, 20 * PAGE));
            } catch (StoreException e) {
                assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
                assertThat(i).isGreaterThan(5);
                return;
            }
        }
    }

    @Test
    void stepsOverALinkWhosePointerIsIntact() {
        for (int position = 0; position < links.size(); position++) {
            Damage.flip(file, links.get(position), 200);
            StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged();
            requireSalvage(fixture, nodePfn, pagesOf(position));
            assertThat(fixture.opened().report().lines())
                    .noneMatch(line -> line.contains("searched"));
            fixture.kill();
            Damage.flip(file, links.get(position), 200);
        }
        Damage.flip(file, links.get(2), 200);
        requireKeptAndFreed(pagesOf(2));
    }

    @Test
    void findsThePagesBehindALinkThatIsGone() {
        for (int position = 0; position < links.size(); position++) {
            byte[] was = Damage.frame(file, links.get(position));
            Damage.zero(file, links.get(position));
            StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged();
            requireSalvage(fixture, nodePfn, pagesOf(position));
            fixture.kill();
            Damage.write(file, links.get(position), was);
        }
        Damage.zero(file, links.get(1));
        requireKeptAndFreed(pagesOf(1));
    }

    @Test
    void findsWhatIsBetweenAndBehindSeveralLostLinks() {
        Damage.zero(file, links.get(0));
        Damage.zero(file, links.get(2));
        requireKeptAndFreed(pagesOf(0, 2));
    }

    @Test
    void findsALinkThatStandsAlone() {
        Damage.zero(file, links.get(1));
        Damage.flip(file, links.get(2), 8);
        Damage.zero(file, links.get(4));
        requireKeptAndFreed(pagesOf(1, 2, 4));
    }

    @Test
    void findsTheStreamOfANodePageThatDoesNotVerify() {
        for (String field :
                List.of(
                        "csum",
                        "link_pfn",
                        "name",
                        "sequence",
                        "stream_sequence",
                        "page_count",
                        "meta")) {
            Damage.flip(file, nodePfn, CraftedFile.offset(NodeLayout.FIELDS, field));
            StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged();
            requireSalvage(fixture, nodePfn, new BitSet());
            NodeInfo node = await(fixture.store().statQuarantined(nodePfn));
            assertThat(node.name()).isEqualTo(field.equals("name") ? "" : "bad");
            assertThat(node.reason()).contains("pages found: " + PAGES + " of " + PAGES);
            fixture.kill();
            Damage.flip(file, nodePfn, CraftedFile.offset(NodeLayout.FIELDS, field));
        }
        Damage.flip(file, nodePfn, 1000);
        requireKeptAndFreed(new BitSet());
    }

    @Test
    void findsTheStreamOfANodePageThatDoesNotSayWhereItBegins() {
        Damage.flip(file, nodePfn, CraftedFile.offset(NodeLayout.FIELDS, "link_pfn"));
        Damage.zero(file, links.get(3));
        requireKeptAndFreed(pagesOf(3));
    }

    @Test
    void findsNothingOfANodePageThatIsGone() {
        Damage.zero(file, nodePfn);
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged()) {
            refused(Errno.EIO, () -> Salvaged.byPfn(fixture.store(), nodePfn));
            requireSameFree(fixture);
            requireRemoval(fixture);
        }
    }

    @Test
    void takesNoPageOfAnEarlierLifeOfTheNodePage() {
        byte[] node = Damage.frame(file, nodePfn);
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED)) {
            await(fixture.store().remove("bad", 0));
            await(fixture.store().force());
            fixture.requireHeldAtMost(0);
            long pfn = 0;
            for (int i = 0; pfn != nodePfn && i < 100; i++) {
                fixture.streams().save("new" + i, new byte[0]);
                pfn = await(fixture.store().stat("new" + i)).pfn();
            }
            assertThat(pfn).isEqualTo(nodePfn);
        }
        Damage.write(file, nodePfn, node);
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged()) {
            refused(Errno.EIO, () -> Salvaged.byPfn(fixture.store(), nodePfn));
        }
    }

    @Test
    void findsAtTheSalvageWhatIsDamagedOnlyBehindTheWalk() {
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged()) {
            Damage.zero(file, links.get(1));
            refused(Errno.EIO, () -> fixture.streams().peek("bad"));
            requireSalvage(fixture, nodePfn, pagesOf(1));
            fillUp(fixture);
            requireSalvage(fixture, nodePfn, pagesOf(1));
            await(fixture.store().removeAll("fill"));
            await(fixture.store().removeQuarantined(nodePfn));
            await(fixture.store().force());
            fixture.requireHeldAtMost(0);
            long free = fixture.info("frames.free");
            // of the link that is gone nobody knows which pages it named
            FsckReport report = Fsck.check(file, StoreFixture.BOOT);
            assertThat(unheld(report) - free).isEqualTo(LinkLayout.ENTRIES + 1);
            fixture.kill();
        }
        try (StoreFixture next = StoreFixture.open(file, How.THREADED)) {
            next.requireEveryFrameAccountedFor();
        }
    }
}
