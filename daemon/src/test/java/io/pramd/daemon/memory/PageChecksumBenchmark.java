package io.pramd.daemon.memory;

import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.jmh.ScratchStore;
import io.pramd.daemon.layout.FileLayout;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One owner. The sums of the pages of one packet of 1 MiB, which stay in the cache: per page. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(PageChecksumBenchmark.PAGES)
@State(Scope.Benchmark)
public class PageChecksumBenchmark {
    static final int PAGES = 256;

    private static final long FIRST_PFN = 1024;

    private final PageChecksum checksum = new PageChecksum();
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer direct = ByteBuffer.allocateDirect(PAGES * FileLayout.FRAME_BYTES);
    private ScratchStore scratch;
    private MemorySegment mapped;

    @Setup
    public void map() {
        scratch = ScratchStore.format(How.ON_CALLER);
        mapped = scratch.store().memory().frames(FIRST_PFN, PAGES);
    }

    @TearDown
    public void unmap() {
        scratch.close();
    }

    /** As the daemon verifies what has arrived. */
    @Benchmark
    public int mapped() {
        int sums = 0;
        for (int page = 0; page < PAGES; page++) {
            sums ^= checksum.ofPage(mapped, page * (long) FileLayout.FRAME_BYTES);
        }
        return sums;
    }

    /** As the client sums what it saves, without a copy. */
    @Benchmark
    public int direct() {
        int sums = 0;
        for (int page = 0; page < PAGES; page++) {
            int end = (page + 1) * FileLayout.FRAME_BYTES;
            crc.reset();
            crc.update(direct.limit(end).position(end - FileLayout.FRAME_BYTES));
            sums ^= (int) crc.getValue();
        }
        return sums;
    }
}
