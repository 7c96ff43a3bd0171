package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.StoreFixture.BOOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FsckTest {
    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("memory");
    }

    @Test
    void newFileIsClean() {
        StoreFixture.format(file).close();

        FsckReport report = Fsck.check(file, BOOT);

        assertThat(report.isClean()).as(report.toString()).isTrue();
        assertThat(report.notes()).isEmpty();
        assertThat(report.counts().total()).isEqualTo(StoreFixture.SMALL_BYTES / 4096);
    }

    @Test
    void countsEveryFrameOnceInItsRole() {
        try (StoreFixture store = StoreFixture.format(file)) {
            store.streams().save("a", StreamDriver.bytes(1, 300 * 4096));
            store.streams().save("b", StreamDriver.bytes(2, 5));
            store.streams().save("empty", new byte[0]);
        }

        FsckReport report = Fsck.check(file, BOOT);

        assertThat(report.isClean()).as(report.toString()).isTrue();
        FsckReport.Counts counts = report.counts();
        assertThat(counts.nodes()).isEqualTo(3);
        assertThat(counts.node()).isEqualTo(3);
        assertThat(counts.data()).isEqualTo(301);
        assertThat(counts.link()).isEqualTo(2);
        // both copies of the leaf, and of those that only an older forced root reaches
        assertThat(counts.directory()).isEqualTo(2 + counts.held());
        assertThat(counts.fixed()).isEqualTo(32);
        assertThat(counts.unreached())
                .isEqualTo(counts.total() - 32 - 301 - 3 - 2 - counts.directory());
        assertThat(report.root().orElseThrow().forced()).isTrue();
    }

    @Test
    void killedStoreIsCleanAndHoldsWhatTheForcedRootReaches() {
        StoreFixture store = StoreFixture.format(file);
        store.streams().save("a", StreamDriver.bytes(1, 10 * 4096));
        store.store().force().join();
        StreamDriver.get(store.store().remove("a", 0));
        store.streams().save("b", StreamDriver.bytes(2, 4096));
        long held = store.info("frames.held");
        store.kill();

        FsckReport report = Fsck.check(file, BOOT);

        assertThat(report.isClean()).as(report.toString()).isTrue();
        assertThat(report.counts().nodes()).isEqualTo(1);
        assertThat(report.counts().held())
                .as(report.toString())
                .isGreaterThanOrEqualTo(held)
                .isLessThanOrEqualTo(held + 2);
    }
}
