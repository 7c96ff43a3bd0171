package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames on their way to a saver: no more than it can need, and none that it does not. */
class GrantsTest {
    private static final int EXTENT = 512;
    private static final int EXTENTS = 40;

    @TempDir Path folder;

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

    @Test
    void holdNoMoreLinksThanThePagesGrantedCanNeed() {
        long bytes = (long) EXTENTS * EXTENT * PAGE;
        try (StoreFixture fixture =
                StoreFixture.format(folder.resolve("m"), 2 * bytes, How.ON_CALLER)) {
            long before = fixture.info("frames.free");
            SaveStream stream = fixture.streams().open(declaring("a", bytes));
            byte[] extent = bytes(1, EXTENT * PAGE);
            for (int i = 0; i < EXTENTS; i++) {
                fixture.streams().append(stream, extent);
            }
            long pages = (long) EXTENTS * EXTENT;
            assertThat(before - fixture.info("frames.free"))
                    .isEqualTo(pages + LinkLayout.linksFor(pages));
            await(stream.finish(bytes));
        }
    }

    @Test
    void whatCannotBeHadAheadDoesNotFailAStreamThatDoesNotNeedIt() {
        try (StoreFixture fixture =
                StoreFixture.format(folder.resolve("m"), StoreFixture.SMALL_BYTES, How.ON_CALLER)) {
            int pages = 2016;
            while (!isSaved(fixture, declaring("a", (long) pages * PAGE), pages)) {
                pages--;
            }
            for (int fewer = 0; fewer < 8; fewer++) {
                await(fixture.store().removeAll(""));
                await(fixture.store().force());
                assertThat(isSaved(fixture, request("b", NodeType.BYTE), pages - fewer))
                        .as("pages " + (pages - fewer))
                        .isTrue();
            }
        }
    }

    private static boolean isSaved(StoreFixture fixture, SaveRequest request, int pages) {
        try {
            fixture.streams().save(request, bytes(1, pages * PAGE));
            return true;
        } catch (StoreException e) {
            assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
            return false;
        }
    }
}
