package io.pramd.daemon.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TagIndexTest {
    private static final int SLOTS = 400_000;

    @Test
    void findsTheSlotsOfATagAndOfNoOther() {
        LeafEntries leaves = new LeafEntries();
        for (int slot = 0; slot < 3000; slot += 3) {
            leaves.set(slot, slot / 30, 1, 100L + slot);
        }
        TagIndex index = new TagIndex(leaves);
        assertThat(index.find(7))
                .containsExactlyInAnyOrder(210, 213, 216, 219, 222, 225, 228, 231, 234, 237);
        assertThat(index.find(-1)).isEmpty();
        assertThat(new TagIndex(new LeafEntries()).find(0)).isEmpty();
    }

    /** Names with one tag are easy to make: a client must not be able to slow the next start. */
    @Test
    @Timeout(10)
    void isNotSlowedDownByNamesOfOneTag() {
        LeafEntries leaves = new LeafEntries();
        for (int slot = 0; slot < SLOTS; slot++) {
            leaves.set(slot, 42, 1, 100L + slot);
        }
        assertThat(new TagIndex(leaves).find(42)).hasSize(SLOTS);
    }
}
