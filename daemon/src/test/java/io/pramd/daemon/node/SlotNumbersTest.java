package io.pramd.daemon.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SlotNumbersTest {

    @Property(tries = 30)
    void areAMapThatKnowsItsLeast(@ForAll long seed) {
        Random random = new Random(seed);
        SlotNumbers numbers = new SlotNumbers();
        TreeMap<Integer, Long> model = new TreeMap<>();
        for (int step = 0; step < 400; step++) {
            int slot = random.nextInt(4) * 1024 + random.nextInt(30);
            long number = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(50);
            numbers.set(slot, number);
            if (number == 0) {
                model.remove(slot);
            } else {
                model.put(slot, number);
            }
            long bound = random.nextInt(55);
            assertThat(numbers.get(slot)).isEqualTo(number);
            assertThat(numbers.size()).isEqualTo(model.size());
            assertThat(numbers.leastAbove(bound))
                    .isEqualTo(
                            model.values().stream()
                                    .filter(each -> each > bound)
                                    .min(Long::compare)
                                    .orElse(SlotNumbers.NONE));
            int[] expected =
                    model.entrySet().stream()
                            .filter(each -> each.getValue() <= bound && each.getKey() % 2 == 0)
                            .mapToInt(each -> each.getKey())
                            .limit(5)
                            .toArray();
            assertThat(numbers.upTo(bound, 5, each -> each % 2 == 0)).isEqualTo(expected);
        }
    }

    @Test
    void slotsBeyondAllPartsHaveNone() {
        assertThat(new SlotNumbers().get(1 << 20)).isZero();
    }
}
