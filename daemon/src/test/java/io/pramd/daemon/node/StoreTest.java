package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, 255 * 4096, 255 * 4096 + 1, 3_000_000})
    void savesAndLoadsOverRestarts(int length) {
        byte[] contents = bytes(length, length);
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            long before = fixture.freeAndHeld();
            fixture.streams().save("a", contents);
            assertThat(fixture.streams().peek("a")).isEqualTo(contents);
            StoreFixture restarted = fixture.restart();
            assertThat(restarted.streams().peek("a")).isEqualTo(contents);
            StoreFixture killed = restarted.killAndRestart();
            try (killed) {
                assertThat(killed.streams().consume("a")).isEqualTo(contents);
                killed.store().force().join();
                assertThat(killed.freeAndHeld()).isEqualTo(before);
            }
        }
    }

    @Test
    void keepsTheCommittedNodeOverAKill() {
        StoreFixture fixture =
                StoreFixture.format(folder.resolve("m"), 32 << 20, StoreFixture.How.THREADED);
        StreamDriver streams = fixture.streams();
        for (int i = 0; i < 600; i++) {
            streams.save("n" + i, bytes(i, i * 10));
        }
        for (int i = 0; i < 600; i += 3) {
            streams.consume("n" + i);
        }
        try (StoreFixture killed = fixture.killAndRestart()) {
            for (int i = 0; i < 600; i++) {
                if (i % 3 != 0) {
                    assertThat(killed.streams().peek("n" + i)).isEqualTo(bytes(i, i * 10));
                }
            }
            assertThat(killed.info("nodes.ready")).isEqualTo(400);
        }
    }
}
