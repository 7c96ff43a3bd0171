package io.pramd.daemon.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SequenceOrderTest {
    private static final int SLOTS = 5000;

    private final long[] sequences = new long[SLOTS];
    private final SequenceOrder order = new SequenceOrder(slot -> sequences[slot]);
    private final TreeMap<Long, Integer> model = new TreeMap<>();

    private void add(int slot, long sequence) {
        sequences[slot] = sequence;
        order.add(slot);
        model.put(sequence, slot);
    }

    private void remove(int slot) {
        order.remove(slot);
        model.remove(sequences[slot]);
        sequences[slot] = -1;
    }

    private void requireModel() {
        List<Integer> found = new ArrayList<>();
        long after = 0;
        int[] part = order.after(after, 700);
        while (part.length > 0) {
            for (int slot : part) {
                found.add(slot);
                after = sequences[slot];
            }
            part = order.after(after, 700);
        }
        assertThat(found).containsExactlyElementsOf(model.values());
    }

    @Test
    void isEmptyAtFirst() {
        assertThat(order.after(0, 10)).isEmpty();
        assertThat(order.contains(1)).isFalse();
    }

    @Test
    void keepsTheOrderInWhicheverTheyCome() {
        List<Integer> slots = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            slots.add(slot);
        }
        Collections.shuffle(slots, new Random(1));
        for (int slot : slots) {
            add(slot, 10L + 3L * slot);
        }
        requireModel();
        assertThat(order.contains(10)).isTrue();
        assertThat(order.contains(11)).isFalse();
    }

    @Test
    void keepsTheOrderWhileSomeComeAndGo() {
        Random random = new Random(2);
        long newest = 1;
        for (int step = 0; step < 60_000; step++) {
            // grows, then shrinks to nearly nothing, and grows again
            boolean isGrowing = step < 10_000 || step > 50_000;
            int slot = random.nextInt(SLOTS);
            if (sequences[slot] > 0) {
                if (!isGrowing || random.nextInt(4) == 0) {
                    remove(slot);
                }
            } else if (isGrowing || random.nextInt(20) == 0) {
                add(slot, newest++);
            }
        }
        requireModel();
    }

    @Test
    void answersAtMostSoMany() {
        for (int slot = 0; slot < 1500; slot++) {
            add(slot, slot + 1L);
        }
        assertThat(order.after(500, 3)).containsExactly(500, 501, 502);
        assertThat(order.after(0, 1200)).hasSize(1200);
        assertThat(order.after(1500, 5)).isEmpty();
    }
}
