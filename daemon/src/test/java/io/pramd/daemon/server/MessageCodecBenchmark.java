package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pramd.protocol.Durability;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.PagesPacket;
import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.Saved;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One owner. What is written before it goes to a socket. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class MessageCodecBenchmark {
    private static final int PAGES = 256;

    private final ByteBuf out = Unpooled.directBuffer(PagesPacket.headBytes(PAGES));
    private final PrepareSave request = ClientBytes.prepareSave("a-node-of-some-service");
    private final Saved answer = new Saved(1, Durability.PROCESS);

    @TearDown
    public void release() {
        out.release();
    }

    @Benchmark
    public int request() {
        MessageCodec.write(out.clear(), 1, request);
        return out.writerIndex();
    }

    @Benchmark
    public int answer() {
        MessageCodec.write(out.clear(), 1, answer);
        return out.writerIndex();
    }

    /** Header and table of a packet of 1 MiB: per page. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public int headOfPages() {
        PagesPacket.writeHeader(out.clear(), 1, 0, PAGES);
        for (int page = 0; page < PAGES; page++) {
            PagesPacket.writeEntry(out, 0, page);
        }
        return out.writerIndex();
    }
}
