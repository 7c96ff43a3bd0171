package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.memory.FrameAllocator.Purpose;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HandedOutTest {
    private static final long FRAMES = 2048;

    private static boolean has(long[] words, long pfn) {
        return (words[(int) (pfn / Long.SIZE)] >>> pfn & 1) != 0;
    }

    @Test
    void readsManyFramesAsItReadsEach() {
        ReferenceCounts counts = new ReferenceCounts(FRAMES);
        for (long pfn = 40; pfn < FRAMES; pfn += 7) {
            counts.retain(pfn);
        }
        for (long pfn = 600; pfn < 700; pfn += 3) {
            counts.retainForGood(pfn);
        }
        HandedOut handedOut = new FrameAllocator(counts).handedOut();
        long[] free = new long[40];
        long[] kept = new long[40];
        handedOut.read(0, free, kept);
        for (long pfn = 0; pfn < FRAMES; pfn++) {
            assertThat(has(free, pfn)).as("pfn %d", pfn).isEqualTo(handedOut.isFree(pfn));
            assertThat(has(kept, pfn)).as("pfn %d", pfn).isEqualTo(handedOut.isKeptForGood(pfn));
        }
        assertThat(free[32]).isZero(); // behind the end
        assertThat(kept[32]).isZero();
        long[] rest = new long[8];
        handedOut.read(512, rest, new long[8]);
        assertThat(rest).containsExactly(Arrays.copyOfRange(free, 8, 16));
    }

    @Test
    void changesWhenFramesAreHandedOutOrFreedAndWhenTheFileGrows() {
        FrameAllocator allocator = new FrameAllocator(new ReferenceCounts(FRAMES));
        HandedOut handedOut = allocator.handedOut();
        long before = handedOut.changes();
        Extent taken = allocator.allocate(10, Purpose.COMMIT).orElseThrow();
        long behind = handedOut.changes();
        assertThat(behind).isNotEqualTo(before);
        assertThat(handedOut.references(taken.pfn())).isEqualTo(1);
        assertThat(handedOut.changes()).isEqualTo(behind);
        allocator.free(taken);
        assertThat(handedOut.changes()).isNotIn(before, behind);
        long freed = handedOut.changes();
        allocator.grow(2 * FRAMES);
        assertThat(handedOut.changes()).isNotEqualTo(freed);
        assertThat(handedOut.frameCount()).isEqualTo(2 * FRAMES);
    }
}
