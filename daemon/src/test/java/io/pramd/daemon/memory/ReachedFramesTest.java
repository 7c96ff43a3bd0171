package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.memory.ReachedFrames.Run;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReachedFramesTest {
    @Test
    void givesEveryFrameOnceInOrder() {
        Random random = new Random(7);
        ReachedFrames frames = new ReachedFrames();
        for (int round = 0; round < 50; round++) {
            BitSet expected = new BitSet();
            for (int i = 0; i < 200; i++) {
                int pfn = random.nextInt(200_000);
                int count = 1 + random.nextInt(random.nextBoolean() ? 3 : 50_000);
                frames.add(pfn, count);
                expected.set(pfn, pfn + count);
            }
            BitSet taken = new BitSet();
            long last = -1;
            for (Run run : frames.take()) {
                assertThat(run.begin()).isGreaterThan(last);
                taken.set((int) run.begin(), (int) run.end());
                last = run.end();
            }
            assertThat(taken).isEqualTo(expected);
            assertThat(frames.take()).isEmpty();
        }
    }

    @Test
    void takesFramesOfAnyNumber() {
        ReachedFrames frames = new ReachedFrames();
        frames.add(1L << 40, 1);
        frames.add(5, 1);
        frames.add((1L << 40) - 1, 1);
        assertThat(frames.take())
                .isEqualTo(List.of(new Run(5, 6), new Run((1L << 40) - 1, (1L << 40) + 1)));
    }
}
