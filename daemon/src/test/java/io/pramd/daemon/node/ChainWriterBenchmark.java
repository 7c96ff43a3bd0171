package io.pramd.daemon.node;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.jmh.ScratchStore;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.InlineEntries;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.quota.Quotas;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One owner. The entries of a stream of four full links, stored: per entry. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(ChainWriterBenchmark.PAGES)
@State(Scope.Benchmark)
public class ChainWriterBenchmark {
    static final int PAGES = 4 * LinkLayout.ENTRIES;

    private static final long FIRST_PAGE_PFN = 2048;
    private static final long[] LINKS = {1024, 1025, 1026, 1027}; // free: nobody else stores there

    private ScratchStore scratch;
    private StoreContext context;

    @Setup
    public void open() {
        scratch = ScratchStore.format(How.ON_CALLER);
        context =
                new StoreContext(
                        scratch.store().memory(),
                        new byte[16],
                        InlineEntries.OF_FEATURE,
                        StoreFixture.BOOT,
                        Durability.PROCESS,
                        CrashPoint.Listener.NONE,
                        StoreFixture.callerAlone(),
                        InstantSource.system(),
                        new Quotas());
    }

    @TearDown
    public void close() {
        scratch.close();
    }

    @Benchmark
    public long append() {
        ChainWriter chain = new ChainWriter(context, 1);
        chain.addFrames(LINKS);
        for (int page = 0; page < PAGES; page++) {
            chain.append(0, page, FIRST_PAGE_PFN + page);
        }
        return chain.finish();
    }
}
