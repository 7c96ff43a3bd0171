package io.pramd.daemon.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotTableTest {
    private static final int SLOTS = 3000;

    @Test
    void findsNothingInAnEmptyTable() {
        SlotTable table = new SlotTable(slot -> slot);
        assertThat(table.find(0, slot -> true)).isEqualTo(SlotTable.NONE);
        table.remove(5);
        assertThat(table.find(5, slot -> true)).isEqualTo(SlotTable.NONE);
    }

    /** Few hashes make long runs of cells, in which a removal must cut off nobody. */
    @ParameterizedTest
    @ValueSource(ints = {1, 50, 1_000_000})
    void findsWhatIsThereAndNothingElse(int hashes) {
        SlotTable table = new SlotTable(slot -> hash(slot, hashes));
        BitSet there = new BitSet();
        Random random = new Random(hashes);
        for (int step = 0; step < 4 * SLOTS; step++) {
            int slot = random.nextInt(SLOTS / (hashes == 1 ? 10 : 1));
            if (there.get(slot)) {
                table.remove(slot);
            } else {
                table.add(slot);
            }
            there.flip(slot);
        }
        for (int slot = 0; slot < SLOTS; slot++) {
            int wanted = slot;
            assertThat(table.find(hash(slot, hashes), found -> found == wanted))
                    .isEqualTo(there.get(slot) ? slot : SlotTable.NONE);
        }
    }

    @Test
    void roomForManyKeepsWhatIsThere() {
        SlotTable table = new SlotTable(slot -> hash(slot, 1_000_000));
        for (int slot = 0; slot < SLOTS; slot++) {
            if (slot % 1000 == 7) {
                table.expect(SLOTS * (slot / 1000 + 1));
            }
            table.add(slot, hash(slot, 1_000_000));
        }
        for (int slot = 0; slot < SLOTS; slot++) {
            int wanted = slot;
            assertThat(table.find(hash(slot, 1_000_000), found -> found == wanted)).isEqualTo(slot);
        }
    }

    private static long hash(int slot, int hashes) {
        return (slot * 0x9E3779B1L >>> 3) % hashes;
    }
}
