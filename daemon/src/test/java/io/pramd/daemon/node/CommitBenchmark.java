package io.pramd.daemon.node;

import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.jmh.ScratchStore;
import io.pramd.daemon.layout.NodeType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One owner. Saves of one page into a store, each in place of an older one, without a socket: from
 * the opening of the stream to the answer behind the commit.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
public class CommitBenchmark {
    private static final int AT_ONCE = 16;
    private static final int OTHER_NODES = 1000;

    /** Where the store's work is done. */
    public enum Threads {
        /** By who saves: what there is to do, without the waking of others. */
        CALLER,
        STORE
    }

    @Param Threads threads;

    private final byte[] page = StreamDriver.bytes(1, StreamDriver.PAGE);
    private ScratchStore scratch;
    private StreamDriver streams;

    @Setup
    public void fill() {
        scratch = ScratchStore.format(threads == Threads.CALLER ? How.ON_CALLER : How.THREADED);
        streams = scratch.store().streams();
        for (int node = 0; node < OTHER_NODES; node++) {
            streams.save("other-" + node, page);
        }
    }

    @TearDown
    public void close() {
        scratch.close();
    }

    @Benchmark
    public long onePage() {
        return streams.save(StreamDriver.replacing("node", NodeType.BYTE), page);
    }

    /** Per save; those that meet share a commit. */
    @Benchmark
    @OperationsPerInvocation(AT_ONCE)
    public long onePageSixteenAtOnce() {
        List<SaveStream> open = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            SaveStream stream = streams.open(StreamDriver.replacing("node-" + i, NodeType.BYTE));
            streams.append(stream, page);
            open.add(stream);
        }
        List<CompletableFuture<Long>> answers = new ArrayList<>();
        open.forEach(stream -> answers.add(stream.finish(page.length)));
        long sequences = 0;
        for (CompletableFuture<Long> answer : answers) {
            sequences += StreamDriver.get(answer);
        }
        open.forEach(streams::close);
        return sequences;
    }
}
