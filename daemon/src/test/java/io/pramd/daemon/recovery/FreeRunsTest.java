package io.pramd.daemon.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FreeRunsTest {
    @Test
    void countsRunsAsSomeoneWouldOneByOne() {
        Random random = new Random(3);
        for (int round = 0; round < 50; round++) {
            BitSet free = new BitSet();
            int frames = 64 * 40;
            int at = random.nextInt(5);
            while (at < frames) {
                int run = 1 + random.nextInt(random.nextInt(10) == 0 ? 1500 : 40);
                free.set(at, Math.min(at + run, frames));
                at += run + 1 + random.nextInt(70);
            }
            FreeRuns runs = new FreeRuns();
            long[] words = Arrays.copyOf(free.toLongArray(), frames / 64);
            for (long word : words) {
                runs.add(word);
            }
            requireSame(runs.result(), free, frames);
        }
    }

    private static void requireSame(Fragmentation found, BitSet free, int frames) {
        long count = 0;
        long largest = 0;
        long[] histogram = new long[10];
        for (int begin = free.nextSetBit(0); begin >= 0; ) {
            int end = free.nextClearBit(begin);
            count++;
            largest = Math.max(largest, end - begin);
            int index = 0;
            while (index < 9 && 2 << index <= end - begin) {
                index++;
            }
            histogram[index]++;
            begin = free.nextSetBit(end);
        }
        long whole = 0;
        for (int chunk = 0; chunk < frames; chunk += 512) {
            whole += free.nextClearBit(chunk) >= chunk + 512 ? 512 : 0;
        }
        assertThat(found.freeRuns()).isEqualTo(count);
        assertThat(found.largestFreeRun()).isEqualTo(largest);
        assertThat(found.histogram()).containsExactly(histogram);
        assertThat(found.freeIn2MiB()).isEqualTo(whole);
    }

    @Test
    void nothingFreeIsNoRun() {
        FreeRuns runs = new FreeRuns();
        runs.add(0);
        assertThat(runs.result().freeRuns()).isZero();
        assertThat(runs.result().largestFreeRun()).isZero();
    }
}
