package io.pramd.daemon.life;

import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrubTest {
    private static final long FAST = 1L << 40;
    private static final Duration LONG = Duration.ofHours(1);
    private static final int PAGES = 300;

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void save() {
        file = folder.resolve("m");
        try (StoreFixture store = StoreFixture.format(file)) {
            store.streams().save("good", bytes(1, 5000));
            store.streams().save(request("bad", NodeType.PAGE), bytes(2, PAGES * 4096));
            store.streams().save("empty", bytes(3, 0));
        }
    }

    private long frameOf(byte[] page) {
        for (long pfn = FileLayout.FIXED_FRAMES; pfn < file.toFile().length() / 4096; pfn++) {
            if (Arrays.equals(Damage.frame(file, pfn), page)) {
                return pfn;
            }
        }
        throw new AssertionError("no frame has this page");
    }

    @Test
    void damageIsFoundBeforeSomebodyLoadsIt() {
        byte[] contents = bytes(2, PAGES * 4096);
        int last = (PAGES - 1) * 4096;
        Damage.flip(file, frameOf(Arrays.copyOfRange(contents, last, last + 4096)), 77);
        try (StoreFixture store = StoreFixture.open(file, StoreFixture.How.THREADED).damaged();
                Scrub scrub = new Scrub(store.store(), FAST, LONG)) {
            scrub.start();
            Await.until("a pass", () -> scrub.info().get("scrub.passes").equals(1L));

            assertThat(scrub.info()).containsEntry("scrub.damaged", 1L);
            assertThat(scrub.info()).containsEntry("scrub.nodes", 2L);
            assertThat(store.info("nodes.quarantined")).isOne();
            refused(Errno.ENOENT, () -> store.streams().peek("bad"));
            assertThat(store.streams().peek("good")).isEqualTo(bytes(1, 5000));
        }
    }

    @Test
    void everyPassReadsAllBytesOfAllNodes() {
        try (StoreFixture store = StoreFixture.open(file, StoreFixture.How.THREADED);
                Scrub scrub = new Scrub(store.store(), FAST, Duration.ofMillis(20))) {
            scrub.start();
            Await.until("a third pass", () -> (long) scrub.info().get("scrub.passes") >= 3);

            assertThat(store.info("nodes.quarantined")).isZero();
        }
        try (StoreFixture store = StoreFixture.open(file, StoreFixture.How.THREADED);
                Scrub scrub = new Scrub(store.store(), FAST, LONG)) {
            scrub.start();
            Await.until("a pass", () -> scrub.info().get("scrub.passes").equals(1L));

            assertThat(scrub.info()).containsEntry("scrub.bytes", (PAGES + 2) * 4096L);
            assertThat(scrub.info()).containsEntry("scrub.nodes", 3L);
        }
    }

    @Test
    void aNodeGoesWhileItIsRead() {
        long slow = 100L << 10; // the pass would take a dozen seconds
        try (StoreFixture store = StoreFixture.open(file, StoreFixture.How.THREADED);
                Scrub scrub = new Scrub(store.store(), slow, LONG)) {
            long free = store.freeAndHeld();
            scrub.start();
            Await.until(
                    "the large node is being read",
                    () -> (long) scrub.info().get("scrub.bytes") > 3 * 4096);

            store.store().remove("bad", 0).join();
            refused(Errno.ENOENT, () -> store.streams().peek("bad"));

            assertThat(store.freeAndHeld()).isGreaterThan(free);
        }
    }

    @Test
    void withoutARateNothingIsRead() {
        try (StoreFixture store = StoreFixture.open(file, StoreFixture.How.THREADED);
                Scrub scrub = new Scrub(store.store(), 0)) {
            scrub.start();

            assertThat(scrub.info()).containsEntry("scrub.bytesPerSecond", 0L);
            assertThat(scrub.info()).containsEntry("scrub.bytes", 0L);
        }
    }

    @Test
    void anotherRateBeginsEndsAndQuickensAPass() {
        long slow = 1L << 10; // a page takes four seconds
        try (StoreFixture store = StoreFixture.open(file, StoreFixture.How.THREADED);
                Scrub scrub = new Scrub(store.store(), 0, LONG)) {
            scrub.rate(slow);
            assertThat(scrub.info()).containsEntry("scrub.bytesPerSecond", slow);
            scrub.start();
            scrub.rate(0);
            scrub.rate(slow);
            scrub.rate(0);
            scrub.rate(FAST);
            Await.until("a pass", () -> scrub.info().get("scrub.passes").equals(1L));

            assertThat(scrub.info()).containsEntry("scrub.nodes", 3L);
        }
    }
}
