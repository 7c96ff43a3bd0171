package io.pramd.daemon.memory;

import io.pramd.daemon.memory.FrameAllocator.Purpose;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One owner. What a saver and a commit pay for frames, and for giving them back: 1 GiB of them. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class FrameAllocatorBenchmark {
    private static final int FRAMES = 1 << 18;

    /** What a commit takes for a tree of two levels, each page twice, with some to spare. */
    private static final int SINGLES = 6;

    /** Of how many frames in a row one is in use: 0 when none is. */
    @Param({"0", "64", "2"})
    int oneUsedOf;

    private FrameAllocator allocator;

    @Setup
    public void fill() {
        ReferenceCounts counts = new ReferenceCounts(FRAMES);
        for (int pfn = 0; oneUsedOf > 0 && pfn < FRAMES; pfn += oneUsedOf) {
            counts.fill(pfn, 1, 1);
        }
        allocator = new FrameAllocator(counts);
    }

    /** As long as there is one, of 2 MiB. */
    @Benchmark
    public int extent() {
        Extent extent =
                allocator.allocate(FrameAllocator.EXTENT_FRAMES_MAX, Purpose.SAVE).orElseThrow();
        allocator.free(extent);
        return extent.frames();
    }

    @Benchmark
    public int singles() {
        long[] pfns = allocator.allocateSingles(SINGLES, Purpose.COMMIT).orElseThrow();
        return allocator.releaseAll(pfns, pfns.length);
    }
}
