package io.pramd.daemon.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadStreamTest {
    private static final int PAGES = 1500;
    private static final int ROUNDS = 500;

    @TempDir Path folder;

    @Test
    void readsAndReportsOfOneStreamDoNotDisturbEachOther() {
        byte[] contents = StreamDriver.bytes(1, PAGES * StreamDriver.PAGE);
        Random random = new Random(1);
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("memory"))) {
            fixture.streams().save("a", contents);
            LoadStream stream = fixture.streams().openLoad("a", true);
            for (int i = 0; i < ROUNDS; i++) {
                int from = random.nextInt(PAGES - 20);
                CompletableFuture<PageBatch> read = stream.read(from, 20);
                CompletableFuture<BadPage> report = stream.report(random.nextInt(PAGES));
                PageBatch batch = read.join();
                byte[] expected =
                        Arrays.copyOfRange(
                                contents,
                                from * StreamDriver.PAGE,
                                (from + batch.count()) * StreamDriver.PAGE);
                boolean same = Arrays.equals(StreamDriver.contents(batch), expected);
                batch.release();
                assertThat(same).as("pages from %d, round %d", from, i).isTrue();
                assertThat(report.join().agreed()).isFalse();
            }
            stream.abort();
        }
    }
}
