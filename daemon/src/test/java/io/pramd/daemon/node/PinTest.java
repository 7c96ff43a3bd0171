package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.contents;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class PinTest {
    private static final int PAGES = 400;

    @TempDir Path folder;

    /** How a node goes while it is read. */
    enum Going {
        REMOVED,
        REPLACED,
        CONSUMED
    }

    private static void let(Going going, StoreFixture fixture) {
        switch (going) {
            case REMOVED -> await(fixture.store().remove("a", 0));
            case REPLACED ->
                    fixture.streams()
                            .save(
                                    StreamDriver.replacing("a", NodeType.BYTE),
                                    bytes(2, PAGES * PAGE));
            case CONSUMED -> fixture.streams().consume("a");
        }
    }

    /** Saves that take every frame there is, and leave. */
    private static void churn(StoreFixture fixture) {
        for (int i = 0; i < 100; i++) {
            String name = "churn" + i;
            try {
                fixture.streams().save(name, bytes(1000 + i, 90 * PAGE));
            } catch (StoreException e) {
                assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
                await(fixture.store().removeAll("churn"));
            }
        }
        await(fixture.store().removeAll("churn"));
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheBytesOfBatchesAndOfTheRestOfAPeek(Going going) {
        byte[] old = bytes(1, PAGES * PAGE);
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            long before = fixture.freeAndHeld();
            fixture.streams().save("a", old);
            LoadStream peek = fixture.streams().openLoad("a", true);
            List<PageBatch> batches = new ArrayList<>();
            batches.add(await(peek.read(0, 100)));
            batches.add(await(peek.read(100, 100)));
            let(going, fixture);
            churn(fixture);
            batches.add(await(peek.read(200, 200)));
            peek.abort();
            // the stream is over, its batches are not
            churn(fixture);
            for (PageBatch batch : batches) {
                int from = (int) batch.firstPage() * PAGE;
                assertThat(contents(batch))
                        .isEqualTo(Arrays.copyOfRange(old, from, from + batch.count() * PAGE));
            }
            batches.forEach(PageBatch::release);
            batches.forEach(PageBatch::release);
            await(fixture.store().removeAll(""));
            await(fixture.store().force());
            fixture.requireEveryFrameAccountedFor();
            assertThat(fixture.freeAndHeld()).isEqualTo(before);
            fixture.requireHeldAtMost(10);
        }
    }

    @Test
    void keepsBatchesOfALoadUntilTheyAreReleasedAfterItsFinish() {
        byte[] old = bytes(1, PAGES * PAGE);
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save("a", old);
            LoadStream load = fixture.streams().openLoad("a", false);
            PageBatch batch = await(load.read(0, PAGES));
            await(load.finish(load.info().sequence()));
            assertThat(fixture.info("frames.held")).isGreaterThanOrEqualTo(PAGES);
            churn(fixture);
            assertThat(contents(batch)).isEqualTo(old);
            batch.release();
            await(fixture.store().force());
            fixture.requireEveryFrameAccountedFor();
            fixture.requireHeldAtMost(10);
        }
    }

    @Test
    void letsAnyNumberPeekAtOnceAlsoWhileTheNodeIsLoaded() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save("a", bytes(1, 100_000));
            List<LoadStream> peeks = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                peeks.add(fixture.streams().openLoad("a", true));
            }
            LoadStream load = fixture.streams().openLoad("a", false);
            peeks.add(fixture.streams().openLoad("a", true));
            await(load.finish(load.info().sequence()));
            refused(Errno.ENOENT, () -> fixture.streams().openLoad("a", true));
            for (LoadStream peek : peeks) {
                assertThat(fixture.streams().readAll(peek)).isEqualTo(bytes(1, 100_000));
                assertThat(fixture.info("frames.held")).isGreaterThanOrEqualTo(25);
                peek.abort();
            }
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void freesNothingTwiceWhenPinsGoWhileRootsAreForced() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (int round = 0; round < 50; round++) {
                fixture.streams().save("a", bytes(round, 20 * PAGE));
                LoadStream peek = fixture.streams().openLoad("a", true);
                PageBatch batch = await(peek.read(0, 20));
                var forced = fixture.store().force();
                var removed = fixture.store().remove("a", 0);
                batch.release();
                peek.abort();
                var again = fixture.store().force();
                await(forced);
                await(removed);
                await(again);
            }
            fixture.requireEveryFrameAccountedFor();
        }
    }
}
