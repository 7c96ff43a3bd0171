package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chain whose second link does not verify, or did not for a while. */
class DamagedChainTest {
    private static final int PAGES = 300;
    private static final int LAST_BYTE = PAGE - 1;

    @TempDir Path folder;

    private static ByteBuffer page(Path file, long pfn) {
        return ByteBuffer.wrap(Damage.frame(file, pfn)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static long secondLink(Path file, long nodePfn) {
        return LinkLayout.linkPfn(page(file, NodeLayout.linkPfn(page(file, nodePfn))));
    }

    @Test
    void readsThePagesInFrontOfADamagedLinkAlsoAfterItsRefusal() {
        Path file = folder.resolve("m");
        byte[] contents = bytes(1, 3 * LinkLayout.ENTRIES * PAGE);
        try (StoreFixture fixture = StoreFixture.format(file).damaged()) {
            fixture.streams().save("a", contents);
            long nodePfn = await(fixture.store().stat("a")).pfn();
            LoadStream stream = fixture.streams().openLoad("a", true);
            requirePage(stream, contents, 2 * LinkLayout.ENTRIES);
            Damage.flip(file, secondLink(file, nodePfn), LAST_BYTE);
            refused(Errno.EIO, stream.read(LinkLayout.ENTRIES, 1));
            requirePage(stream, contents, 0);
            refused(Errno.EIO, stream.read(LinkLayout.ENTRIES, 1));
            requirePage(stream, contents, 0);
            requirePage(stream, contents, 2 * LinkLayout.ENTRIES);
            stream.abort();
        }
    }

    private static void requirePage(LoadStream stream, byte[] contents, int page) {
        PageBatch batch = await(stream.read(page, 1));
        byte[] expected = Arrays.copyOfRange(contents, page * PAGE, (page + 1) * PAGE);
        assertThat(Arrays.equals(StreamDriver.contents(batch), expected))
                .as("page " + page)
                .isTrue();
        batch.release();
    }

    @Test
    void freesOnlyWhatTheWalkCountedOfAChainThatVerifiesAgain() {
        Path file = folder.resolve("m");
        StoreFixture first = StoreFixture.format(file);
        for (int i = 0; i < 40; i++) {
            first.streams().save("hole" + i, new byte[0]);
        }
        first.streams().save("a", bytes(1, PAGES * PAGE));
        long nodePfn = await(first.store().stat("a")).pfn();
        // single frames are taken where these were, not where the link is
        await(first.store().removeAll("hole"));
        first.close();
        // unreadable while the walk goes on, and then not any more: a device that had a bad moment
        long link = secondLink(file, nodePfn);
        Damage.flip(file, link, LAST_BYTE);
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged()) {
            assertThat(fixture.info("nodes.quarantined")).isEqualTo(1);
            Damage.flip(file, link, LAST_BYTE);
            // frames that are granted and not yet filled still hold what they held
            List<SaveStream> streams = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                streams.add(fixture.streams().open(declaring("s" + i, 16 * PAGE)));
            }
            await(fixture.store().removeQuarantined(nodePfn));
            await(fixture.store().force());
            fixture.requireHeldAtMost(0);
            streams.forEach(SaveStream::discard);
            fixture.requireEveryFrameAccountedFor();
        }
    }

    private static SaveRequest declaring(String name, long bytes) {
        return new SaveRequest(
                name,
                NodeType.BYTE,
                false,
                SaveKey.NONE,
                bytes,
                Map.of(),
                -1,
                1,
                Optional.empty(),
                Saver.NOBODY,
                0,
                Optional.empty());
    }
}
