package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.server.ServerBytes.Answer;
import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.Aborted;
import io.pramd.protocol.BadPages;
import io.pramd.protocol.Errno;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.Hello;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.PrepareLoad;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.Removed;
import io.pramd.protocol.ReportBadPage;
import io.pramd.protocol.Saved;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.Welcome;
import io.pramd.protocol.WireLimits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SalvageSessionTest {
    private static final int PAGES = 700;
    private static final int SECOND_LINK = LinkLayout.ENTRIES;

    @TempDir Path folder;
    private ServedStore served;
    private EmbeddedClient client;
    private Path file;
    private long nodePfn;

    @BeforeEach
    void saveAndConnect() {
        served = ServedStore.in(folder);
        served.fixture().damaged();
        client = served.greeted();
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .pages(1, ClientBytes.pagesFrom(0, 512))
                        .pages(1, ClientBytes.pagesFrom(512, PAGES - 512))
                        .message(1, new FinishSave((long) PAGES * StreamDriver.PAGE)));
        client.next();
        client.next(1, Saved.class);
        file = served.fixture().file();
        nodePfn = served.store().stat("a").join().pfn();
    }

    @AfterEach
    void disconnect() {
        client.close();
        served.close();
    }

    private ByteBuffer page(long pfn) {
        return ByteBuffer.wrap(Damage.frame(file, pfn)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static PrepareLoad salvage(String name, long pfn) {
        return new PrepareLoad(StreamType.ANY, true, true, 0, pfn, name, Map.of());
    }

    @Test
    void namesTheBadPagesInTheirPlaces() {
        long link = NodeLayout.linkPfn(page(nodePfn));
        long bad = LinkLayout.entryPfn(page(link), 7);
        Damage.flip(file, bad, 99);
        Damage.flip(file, LinkLayout.linkPfn(page(link)), 99);
        client.send(
                ClientBytes.of()
                        .message(2, salvage("a", 0))
                        .message(2, new ReadPages(0, 600))
                        .message(2, new ReadPages(600, 200))
                        .message(2, new ReadPages(PAGES, 1)));
        NodeRecord node = client.next(2, LoadOpened.class).node();
        assertThat(node.pages()).isEqualTo(PAGES);
        Map<Long, BadPages> missing = new TreeMap<>();
        long page = answered(0, 600, missing);
        page = answered(page, PAGES, missing);
        assertThat(page).isEqualTo(PAGES);
        assertThat(client.next().isEnd()).isTrue();
        client.expectNothing();
        assertThat(missing.get(7L).pfn()).isEqualTo(bad);
        assertThat(missing.get(7L).reason()).contains("data page does not verify");
        missing.remove(7L);
        assertThat(missing.keySet()).contains((long) SECOND_LINK);
        assertThat(missing.values().stream().mapToLong(BadPages::pageCount).sum())
                .isEqualTo(LinkLayout.ENTRIES);
    }

    /** Takes the answer to one READ; answers the page behind it. */
    private long answered(long firstPage, long endPage, Map<Long, BadPages> missing) {
        long page = firstPage;
        boolean isLast = false;
        while (!isLast) {
            Answer answer = client.next();
            assertThat(answer.id()).isEqualTo(2);
            if (answer.message() instanceof BadPages bad) {
                assertThat(bad.firstPage()).isEqualTo(page);
                missing.put(page, bad);
                page += bad.pageCount();
                continue;
            }
            for (byte[] got : answer.pages()) {
                assertThat(got).isEqualTo(ClientBytes.page(page++));
            }
            isLast = answer.isLast();
            assertThat(answer.isEnd()).isEqualTo(isLast && endPage == PAGES);
        }
        assertThat(page).isEqualTo(endPage);
        return page;
    }

    @Test
    void aReadThatEndsInAHoleIsEndedByPagesWithoutAPage() {
        Damage.flip(file, NodeLayout.linkPfn(page(nodePfn)), 99);
        client.send(ClientBytes.of().message(2, salvage("a", 0)).message(2, new ReadPages(0, 10)));
        client.next(2, LoadOpened.class);
        assertThat(client.next(2, BadPages.class).pageCount()).isEqualTo(10);
        Answer last = client.next();
        assertThat(last.isLast()).isTrue();
        assertThat(last.isEnd()).isFalse();
        assertThat(last.pages()).isEmpty();
    }

    @Test
    void leavesTheNodeAsItIs() {
        Damage.flip(file, NodeLayout.linkPfn(page(nodePfn)), 99);
        client.send(
                ClientBytes.of()
                        .message(2, salvage("a", 0))
                        .message(2, new ReadPages(0, 1))
                        .message(2, new ReportBadPage(0))
                        .message(2, new FinishLoad(1))
                        .message(2, new AbortLoad()));
        client.next(2, LoadOpened.class);
        client.next(2, BadPages.class);
        client.next();
        client.nextError(2, Errno.EINVAL);
        client.nextError(2, Errno.EINVAL);
        client.next(2, Aborted.class);
        assertThat(served.store().info().get("nodes.ready")).isEqualTo(1L);
        assertThat(served.store().info().get("nodes.quarantined")).isEqualTo(0L);
    }

    @Test
    void isAddressedByPfnOnceTheNodeIsQuarantined() {
        Damage.flip(file, nodePfn, 900);
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.peek("a"))
                        .message(3, salvage("a", 0))
                        .message(4, new PrepareLoad(StreamType.ANY, true, 0, nodePfn, "", Map.of()))
                        .message(5, salvage("", nodePfn + 1))
                        .message(6, salvage("", nodePfn)));
        client.nextError(2, Errno.EIO);
        client.nextError(3, Errno.ENOENT);
        client.nextError(4, Errno.EINVAL);
        client.nextError(5, Errno.ENOENT);
        NodeRecord node = client.next(6, LoadOpened.class).node();
        assertThat(node.state()).isEqualTo(NodeState.QUARANTINED);
        assertThat(node.pfn()).isEqualTo(nodePfn);
        assertThat(node.pages()).isEqualTo(PAGES);
        assertThat(node.length()).isEqualTo((long) PAGES * StreamDriver.PAGE);
    }

    @Test
    void keepsItsFramesWhenTheNodeIsRemoved() {
        Damage.flip(file, nodePfn, 900);
        client.send(
                ClientBytes.of()
                        .message(2, ClientBytes.peek("a"))
                        .message(3, salvage("", nodePfn))
                        .message(4, new RemoveNode(0, nodePfn, ""))
                        .message(5, salvage("", nodePfn))
                        .message(3, new ReadPages(0, 1))
                        .message(3, new AbortLoad()));
        client.nextError(2, Errno.EIO);
        client.next(3, LoadOpened.class);
        client.next(4, Removed.class);
        client.nextError(5, Errno.ENOENT);
        assertThat(client.next().pages().getFirst()).isEqualTo(ClientBytes.page(0));
        client.next(3, Aborted.class);
        served.fixture().requireEveryFrameAccountedFor();
    }

    @Test
    void isRefusedWhereItWasNotAgreedOn() {
        try (EmbeddedClient old = served.connect()) {
            Hello hello =
                    new Hello(1, 1, WireLimits.PACKET_BYTES_MAX, 1L << 63, "old", 0, new byte[0]);
            old.send(
                    ClientBytes.preface()
                            .message(0, hello)
                            .message(1, salvage("a", 0))
                            .message(2, ClientBytes.peek("a")));
            assertThat(old.next(0, Welcome.class).features()).isZero();
            old.nextError(1, Errno.EINVAL);
            old.next(2, LoadOpened.class);
        }
    }
}
