package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FrameAllocator.Purpose;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameAllocatorTest {
    private static final long FRAMES = 8192;
    private static final long USABLE = FileLayout.usableFrames(FRAMES);

    private static FrameAllocator empty() {
        return new FrameAllocator(new ReferenceCounts(FRAMES));
    }

    @Test
    void handsOutEveryFrameButTheFixedOnesOnce() {
        FrameAllocator allocator = empty();
        boolean[] seen = new boolean[(int) FRAMES];
        long total = 0;
        Optional<Extent> extent = allocator.allocate(512, Purpose.SAVE);
        while (extent.isPresent()) {
            for (long pfn = extent.get().pfn();
                    pfn < extent.get().pfn() + extent.get().frames();
                    pfn++) {
                assertThat(FileLayout.isFixed(pfn)).as("pfn %d", pfn).isFalse();
                assertThat(seen[(int) pfn]).as("pfn %d", pfn).isFalse();
                seen[(int) pfn] = true;
                total++;
            }
            extent = allocator.allocate(512, Purpose.SAVE);
        }
        assertThat(total).isEqualTo(USABLE);
        assertThat(allocator.freeFrames()).isZero();
    }

    @Test
    void givesLongAlignedRunsAsLongAsThereAreAny() {
        FrameAllocator allocator = empty();
        // the first two chunks have fixed frames; all others are whole
        for (int i = 0; i < FRAMES / 512 - 2; i++) {
            Extent extent = allocator.allocate(512, Purpose.SAVE).orElseThrow();
            assertThat(extent.frames()).isEqualTo(512);
            assertThat(extent.pfn() % 512).isZero();
        }
        Extent next = allocator.allocate(512, Purpose.SAVE).orElseThrow();
        assertThat(next.frames()).isEqualTo(256);
        assertThat(next.pfn() % 256).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {FRAMES + 1, FRAMES + 511, 2 * FRAMES, 100_000, 3_000_000})
    void handsOutTheFramesOfAGrownFileToo(long grown) {
        FrameAllocator allocator = new FrameAllocator(new ReferenceCounts(FRAMES - 7));
        Extent kept = allocator.allocate(100, Purpose.SAVE).orElseThrow();
        allocator.grow(FRAMES);

        allocator.grow(grown);

        long free = allocator.freeFrames();
        assertThat(free).isEqualTo(grown - 32 - 100);
        assertThat(allocator.usedFrames()).isEqualTo(100);
        BitSet seen = new BitSet();
        seen.set((int) kept.pfn(), (int) kept.pfn() + 100);
        Optional<Extent> extent = allocator.allocate(512, Purpose.SAVE);
        while (extent.isPresent()) {
            int begin = (int) extent.get().pfn();
            int end = begin + extent.get().frames();
            assertThat(seen.get(begin, end).isEmpty()).isTrue();
            seen.set(begin, end);
            extent = allocator.allocate(512, Purpose.SAVE);
        }
        assertThat(seen.cardinality()).isEqualTo(grown - 32);
        allocator.free(new Extent(grown - 1, 1));
        assertThat(allocator.freeFrames()).isEqualTo(1);
        assertThat(allocator.usedFrames()).isEqualTo(grown - 32 - 1);
    }

    /** So large a file grows in steps, between which others look. */
    @Test
    void countsNoFrameOfAGrowthAsUsed() {
        FrameAllocator allocator = empty();
        Extent extent = allocator.allocate(100, Purpose.SAVE).orElseThrow();
        CompletableFuture<Void> growth =
                CompletableFuture.runAsync(() -> allocator.grow(64L << 20));
        do {
            assertThat(allocator.usedFrames()).isEqualTo(100);
        } while (!growth.isDone());
        growth.join();
        allocator.free(extent);
        assertThat(allocator.usedFrames()).isZero();
    }

    @Test
    void singleFramesComeFromTheMostFragmentedChunks() {
        FrameAllocator allocator = empty();
        Extent whole = allocator.allocate(512, Purpose.SAVE).orElseThrow();
        allocator.free(new Extent(whole.pfn() + 5, 1));

        long[] singles = allocator.allocateSingles(1, Purpose.COMMIT).orElseThrow();

        assertThat(singles).containsExactly(whole.pfn() + 5);
    }

    @Test
    void finishesAFileOfWhichEveryOtherFrameIsInUse() {
        ReferenceCounts counts = new ReferenceCounts(FRAMES);
        for (long pfn = 1; pfn < FRAMES; pfn += 2) {
            counts.retain(pfn);
        }
        FrameAllocator allocator = new FrameAllocator(counts);
        long free = allocator.freeFrames();
        for (long i = 0; i < free; i++) {
            Extent extent = allocator.allocate(512, Purpose.SAVE).orElseThrow();
            assertThat(extent.frames()).isEqualTo(1);
            assertThat(extent.pfn() % 2).isZero();
        }
        assertThat(allocator.allocate(1, Purpose.COMMIT)).isEmpty();
    }

    @Test
    void saversLeaveTheReserveToCommits() {
        FrameAllocator allocator = empty();
        allocator.reserve(64);
        long taken = 0;
        for (Optional<Extent> extent = allocator.allocate(512, Purpose.SAVE);
                extent.isPresent();
                extent = allocator.allocate(512, Purpose.SAVE)) {
            taken += extent.get().frames();
        }
        assertThat(taken).isEqualTo(USABLE - 64);
        assertThat(allocator.isShort()).isTrue();
        assertThat(allocator.allocateSingles(1, Purpose.SAVE)).isEmpty();
        assertThat(allocator.allocateSingles(65, Purpose.COMMIT)).isEmpty();
        assertThat(allocator.freeFrames()).as("none or all").isEqualTo(64);
        assertThat(allocator.allocateSingles(64, Purpose.COMMIT)).isPresent();
    }

    @Test
    void keepsFrameUntilLastReferenceIsReleased() {
        ReferenceCounts counts = new ReferenceCounts(FRAMES);
        counts.retain(100);
        counts.retain(100);
        counts.retain(101);
        FrameAllocator allocator = new FrameAllocator(counts);
        long free = allocator.freeFrames();

        allocator.releaseAll(new long[] {100, 101}, 2);

        assertThat(allocator.handedOut().isFree(100)).isFalse();
        assertThat(allocator.handedOut().isFree(101)).isTrue();
        assertThat(allocator.release(100)).isTrue();
        assertThat(allocator.freeFrames()).isEqualTo(free + 2);
    }

    @Test
    void manyThreadsNeverGetTheSameFrame() {
        FrameAllocator allocator = empty();
        AtomicIntegerArray owners = new AtomicIntegerArray((int) FRAMES);
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            Random random = new Random(thread);
            threads.add(CompletableFuture.runAsync(() -> takeAndGive(allocator, owners, random)));
        }
        threads.forEach(CompletableFuture::join);

        assertThat(allocator.freeFrames()).isEqualTo(USABLE);
        assertThat(allocator.allocate(512, Purpose.SAVE).orElseThrow().frames()).isEqualTo(512);
    }

    @Test
    void manyThreadsNeverGetTheSameFrameOfAFileThatGrows() {
        long grown = 40 * FRAMES + 17;
        FrameAllocator allocator = empty();
        AtomicIntegerArray owners = new AtomicIntegerArray((int) grown);
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            Random random = new Random(thread);
            threads.add(CompletableFuture.runAsync(() -> takeAndGive(allocator, owners, random)));
        }
        for (long size = FRAMES; size < grown; size += FRAMES - 1) {
            allocator.grow(Math.min(size + FRAMES - 1, grown));
        }
        threads.forEach(CompletableFuture::join);
        assertThat(allocator.freeFrames()).isEqualTo(grown - (FRAMES - USABLE));
    }

    private static void takeAndGive(
            FrameAllocator allocator, AtomicIntegerArray owners, Random random) {
        List<Extent> mine = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            if (random.nextInt(100) < 52) {
                allocator
                        .allocate(1 + random.nextInt(1 << random.nextInt(10)), Purpose.SAVE)
                        .ifPresent(extent -> mine.add(own(owners, extent, 0, 1)));
            } else if (!mine.isEmpty()) {
                Extent extent = mine.remove(random.nextInt(mine.size()));
                allocator.free(own(owners, extent, 1, 0));
            }
        }
        mine.forEach(extent -> allocator.free(own(owners, extent, 1, 0)));
    }

    private static Extent own(AtomicIntegerArray owners, Extent extent, int from, int to) {
        for (int i = 0; i < extent.frames(); i++) {
            if (!owners.compareAndSet((int) extent.pfn() + i, from, to)) {
                throw new AssertionError("frame has two owners: pfn=" + (extent.pfn() + i));
            }
        }
        return extent;
    }
}
