package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.StoreFixture.BOOT;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.RootSlotLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One kill tears one copy of a slot. Several in a row must not tear both. */
class KillsInARowTest {
    private static final int SEQUENCE = CraftedFile.offset(RootSlotLayout.FIELDS, "sequence");

    @TempDir Path folder;

    /** A kill in the middle of the store of one copy: some of its bytes are of another write. */
    private static void tear(Path file, long pfn) {
        Damage.flip(file, pfn, SEQUENCE);
    }

    private static long newest(Path file, List<Long> pfns) throws IOException {
        try (CraftedFile crafted = new CraftedFile(file)) {
            return crafted.newestSlot(pfns);
        }
    }

    @Test
    void currentSlotTornInItsSecondCopyIsWholeAgainAfterTheNextStart() throws IOException {
        Path file = folder.resolve("m");
        StoreFixture first = StoreFixture.format(file);
        first.streams().save("a", bytes(1, 5000));
        first.kill();
        long slot = newest(file, FileLayout.CURRENT_SLOT_PFNS);
        // killed when the first copy, which makes the save, was whole
        tear(file, slot + FileLayout.SECOND_COPY_DISTANCE);

        StoreFixture.open(file, How.THREADED).kill();
        // the first commit of that start writes this slot, and was killed in its first copy
        assertThat(newest(file, FileLayout.CURRENT_SLOT_PFNS)).isNotEqualTo(slot);
        tear(file, slot);

        assertThat(Fsck.check(file, BOOT).isClean()).isTrue();
        try (StoreFixture third = StoreFixture.open(file, How.THREADED)) {
            assertThat(third.streams().peek("a")).isEqualTo(bytes(1, 5000));
        }
    }
}
