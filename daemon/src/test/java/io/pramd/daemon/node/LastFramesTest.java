package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastFramesTest {
    /** What savers leave alone. */
    private static final int RESERVE = 64;

    @TempDir Path folder;

    @Test
    void savesAnUndeclaredPageIntoTheLastFewFrames() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            // leaves a few frames above the reserve: fewer than a saver who says nothing asks for
            long pages = (fixture.info("frames.free") - RESERVE - 11) * 255 / 256;
            int length = Math.toIntExact(pages * StreamDriver.PAGE);
            streams.save(declaring(length), new byte[length]);
            get(fixture.store().force());
            fixture.requireHeldAtMost(0);
            assertThat(fixture.info("frames.free")).isBetween(RESERVE + 5L, RESERVE + 12L);

            streams.save("last", bytes(2, StreamDriver.PAGE));

            assertThat(streams.peek("last")).isEqualTo(bytes(2, StreamDriver.PAGE));
        }
    }

    private static SaveRequest declaring(long bytes) {
        return new SaveRequest(
                "filler",
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
