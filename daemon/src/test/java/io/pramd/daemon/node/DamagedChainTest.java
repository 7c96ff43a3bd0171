package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chain whose second link does not verify. */
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
}
