package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ChunkBitsTest {
    private static final int CHUNKS = 3;

    /** Runs of all lengths come up: marks are of random lengths, more often long ones. */
    @Property(tries = 300)
    void runClassIsThatOfTheLongestAlignedRun(
            @ForAll long seed, @ForAll @IntRange(min = 0, max = 60) int marks) {
        Random random = new Random(seed);
        ChunkBits bits = new ChunkBits(CHUNKS);
        BitSet model = new BitSet();
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            bits.mark(chunk * 512L, 512, true);
        }
        model.set(0, CHUNKS * 512);
        for (int i = 0; i < marks; i++) {
            int chunk = random.nextInt(CHUNKS);
            int from = random.nextInt(512);
            int count = 1 + random.nextInt(Math.min(512 - from, 1 << random.nextInt(10)));
            boolean isFree = random.nextInt(3) == 0;
            bits.mark(chunk * 512L + from, count, isFree);
            model.set(chunk * 512 + from, chunk * 512 + from + count, isFree);
        }
        for (int pfn = 0; pfn < CHUNKS * 512; pfn++) {
            assertThat(bits.isFree(pfn)).isEqualTo(model.get(pfn));
        }
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            int longest = longestAligned(model, chunk);
            assertThat(bits.runClass(chunk)).isEqualTo(longest);
            for (int runClass = 0; runClass <= longest; runClass++) {
                assertRun(model, chunk, runClass, bits.findRun(chunk, runClass));
            }
        }
    }

    private static int longestAligned(BitSet model, int chunk) {
        for (int runClass = ChunkBits.CLASS_MAX; runClass >= 0; runClass--) {
            int frames = 1 << runClass;
            for (int begin = 0; begin < 512; begin += frames) {
                int from = chunk * 512 + begin;
                if (model.nextClearBit(from) >= from + frames) {
                    return runClass;
                }
            }
        }
        return ChunkBits.CLASS_NONE;
    }

    private static void assertRun(BitSet model, int chunk, int runClass, long found) {
        int frames = 1 << runClass;
        assertThat(found % frames).isZero();
        assertThat(found / 512).isEqualTo(chunk);
        assertThat(model.nextClearBit((int) found)).isGreaterThanOrEqualTo((int) found + frames);
    }
}
