package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FrameAllocator.Purpose;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The allocator against a plain set of free frames. */
class FrameAllocatorModelTest {
    private static final int STEPS = 400;

    private FrameAllocator allocator;
    private BitSet free;
    private List<Extent> taken;
    private int frameCount;
    private long reserve;

    @Property(tries = 150)
    void agreesWithASetOfFreeFrames(
            @ForAll long seed,
            @ForAll @IntRange(min = 1024, max = 6000) int frames,
            @ForAll @IntRange(min = 0, max = 99) int percentInUse) {
        Random random = new Random(seed);
        begin(random, frames, percentInUse);
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> allocate(1 + random.nextInt(1 << random.nextInt(10)), purpose(random));
                case 2 -> allocateSingles(random.nextInt(20), purpose(random));
                case 3 -> freeOne(random);
                case 4 -> releaseOne(random);
                default -> {
                    reserve = random.nextInt(100);
                    allocator.reserve(reserve);
                }
            }
            assertThat(allocator.freeFrames()).isEqualTo(free.cardinality());
            assertThat(allocator.isShort()).isEqualTo(free.cardinality() <= reserve);
        }
        for (int pfn = 0; pfn < frameCount; pfn++) {
            assertThat(allocator.handedOut().isFree(pfn))
                    .as("pfn %d", pfn)
                    .isEqualTo(free.get(pfn));
        }
    }

    private static Purpose purpose(Random random) {
        return random.nextBoolean() ? Purpose.SAVE : Purpose.COMMIT;
    }

    private void begin(Random random, int frames, int percentInUse) {
        frameCount = frames;
        reserve = 0;
        free = new BitSet();
        taken = new ArrayList<>();
        ReferenceCounts counts = new ReferenceCounts(frames);
        int pfn = 0;
        while (pfn < frames) {
            int run = Math.min(1 + random.nextInt(1 << random.nextInt(10)), frames - pfn);
            boolean isInUse = random.nextInt(100) < percentInUse;
            for (int i = 0; i < run; i++, pfn++) {
                if (isInUse && !FileLayout.isFixed(pfn)) {
                    counts.retain(pfn);
                    taken.add(new Extent(pfn, 1));
                } else if (!FileLayout.isFixed(pfn)) {
                    free.set(pfn);
                }
            }
        }
        allocator = new FrameAllocator(counts);
    }

    private void allocate(int wanted, Purpose purpose) {
        long available = free.cardinality() - (purpose == Purpose.SAVE ? reserve : 0);
        Optional<Extent> extent = allocator.allocate(wanted, purpose);
        assertThat(extent.isPresent()).isEqualTo(available > 0);
        if (extent.isEmpty()) {
            return;
        }
        int expected = (int) Math.min(wanted, available);
        int alignment = roundedUp(expected);
        if (hasRun(alignment)) {
            assertThat(extent.get().frames()).isEqualTo(expected);
            assertThat(extent.get().pfn() % alignment).isZero();
        } else {
            assertThat(extent.get().frames()).isBetween(1, expected);
            // the longest there is
            assertThat(hasRun(extent.get().frames() * 2)).isFalse();
        }
        take(extent.get());
    }

    private static int roundedUp(int frames) {
        return frames == 1 ? 1 : Integer.highestOneBit(frames - 1) * 2;
    }

    private boolean hasRun(int frames) {
        for (int begin = 0; begin + frames <= frameCount; begin += frames) {
            if (free.nextClearBit(begin) >= begin + frames) {
                return true;
            }
        }
        return false;
    }

    private void take(Extent extent) {
        int from = (int) extent.pfn();
        assertThat(free.nextClearBit(from)).isGreaterThanOrEqualTo(from + extent.frames());
        free.clear(from, from + extent.frames());
        taken.add(extent);
    }

    private void allocateSingles(int count, Purpose purpose) {
        long available = free.cardinality() - (purpose == Purpose.SAVE ? reserve : 0);
        Optional<long[]> pfns = allocator.allocateSingles(count, purpose);
        assertThat(pfns.isPresent()).isEqualTo(available >= count);
        pfns.ifPresent(
                found -> {
                    assertThat(found).hasSize(count);
                    for (long pfn : found) {
                        take(new Extent(pfn, 1));
                    }
                });
    }

    private void freeOne(Random random) {
        if (!taken.isEmpty()) {
            Extent extent = taken.remove(random.nextInt(taken.size()));
            allocator.free(extent);
            free.set((int) extent.pfn(), (int) extent.pfn() + extent.frames());
        }
    }

    /** A part by releaseAll in any order, the rest one by one. */
    private void releaseOne(Random random) {
        if (taken.isEmpty()) {
            return;
        }
        Extent extent = taken.remove(random.nextInt(taken.size()));
        int together = random.nextInt(extent.frames() + 1);
        boolean isUpwards = random.nextBoolean();
        long[] pfns = new long[together];
        for (int i = 0; i < together; i++) {
            pfns[isUpwards ? together - 1 - i : i] = extent.pfn() + together - 1 - i;
        }
        allocator.releaseAll(pfns, together);
        for (int i = together; i < extent.frames(); i++) {
            assertThat(allocator.release(extent.pfn() + i)).isTrue();
        }
        free.set((int) extent.pfn(), (int) extent.pfn() + extent.frames());
    }
}
