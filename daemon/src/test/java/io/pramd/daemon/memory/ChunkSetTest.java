package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ChunkSetTest {

    @Property(tries = 200)
    void agreesWithASortedSet(@ForAll long seed, @ForAll @IntRange(min = 1, max = 5000) int size) {
        Random random = new Random(seed);
        ChunkSet set = new ChunkSet(size);
        TreeSet<Integer> model = new TreeSet<>();
        for (int step = 0; step < 500; step++) {
            int chunk = random.nextInt(size);
            if (random.nextBoolean()) {
                set.add(chunk);
                model.add(chunk);
            } else {
                set.remove(chunk);
                model.remove(chunk);
            }
            assertThat(set.isEmpty()).isEqualTo(model.isEmpty());
            if (!model.isEmpty()) {
                assertThat(set.first()).isEqualTo(model.first());
            }
        }
    }
}
