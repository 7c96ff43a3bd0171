package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pramd.protocol.DecodeException;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PacketLimits;
import io.pramd.protocol.PacketReader;
import io.pramd.protocol.PacketSink;
import io.pramd.protocol.PageSink;
import io.pramd.protocol.WireLimits;
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

/**
 * One owner. Bytes of a connection cut into packets, and messages read. A copy stands for the
 * kernel's own.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class PacketReaderBenchmark {
    private static final int SAVES = 16;
    private static final int PAGES = 256;

    private final Taking sink = new Taking();
    private final PacketReader reader = new PacketReader(sink, PacketLimits.ofDaemon());
    private final EmbeddedChannel channel = new EmbeddedChannel(reader);
    private final ExtendedHandle receiver = (ExtendedHandle) reader.receiveAllocator().newHandle();
    private ByteBuf saves;
    private ByteBuf pages;

    @Setup
    public void greet() {
        ClientBytes onePageSaves = ClientBytes.of();
        for (int i = 1; i <= SAVES; i++) {
            onePageSaves.save(i, "node-" + i, ClientBytes.page(i));
        }
        saves = direct(onePageSaves);
        pages = direct(ClientBytes.of().pages(1, ClientBytes.pagesFrom(1, PAGES)));
        channel.pipeline().fireChannelRead(direct(ClientBytes.preface()));
    }

    private static ByteBuf direct(ClientBytes bytes) {
        byte[] all = bytes.bytes();
        return Unpooled.directBuffer(all.length).writeBytes(all);
    }

    @TearDown
    public void close() {
        channel.finishAndReleaseAll();
        saves.release();
        pages.release();
        sink.target.release();
    }

    /** Prepare, one page and finish of 16 nodes that have come at once: per node. */
    @Benchmark
    @OperationsPerInvocation(SAVES)
    public int onePageSaves() {
        channel.pipeline().fireChannelRead(saves.retainedDuplicate());
        return sink.taken;
    }

    /** A packet of 1 MiB received straight into its place: per page. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public int pagesInPlace() {
        ByteBuf come = pages.duplicate();
        while (come.isReadable()) {
            ByteBuf buffer = receiver.allocate(PooledByteBufAllocator.DEFAULT);
            buffer.writeBytes(come, Math.min(buffer.writableBytes(), come.readableBytes()));
            channel.pipeline().fireChannelRead(buffer);
        }
        return sink.taken;
    }

    /** The same through one buffer, as a connection that is not received directly: per page. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public int pagesCopied() {
        channel.pipeline().fireChannelRead(pages.retainedDuplicate());
        return sink.taken;
    }

    /** Event loop only: takes everything, and keeps the pages in one place. */
    private static final class Taking implements PacketSink, PageSink {
        private final ByteBuf target = Unpooled.directBuffer(PAGES * WireLimits.PAGE_BYTES);
        private int received;
        private int taken;

        @Override
        public void onNotPreface(ByteBuf firstBytes) {
            throw new AssertionError("a preface was sent");
        }

        @Override
        public Verdict onHeader(PacketHeader header) {
            return Verdict.ACCEPT;
        }

        @Override
        public void onPacket(PacketHeader header, ByteBuf payload) {
            Message message = MessageCodec.decode(header, payload);
            taken += message instanceof FinishSave finish ? (int) finish.byteLength() : 1;
        }

        @Override
        public PageSink onPages(PacketHeader header, int pageCount, ByteBuf table) {
            received = 0;
            return this;
        }

        @Override
        public void onUnreadable(PacketHeader header, DecodeException e) {
            throw e;
        }

        @Override
        public ByteBuf window(int bytesLeft) {
            return target.retainedSlice(received, bytesLeft).writerIndex(0);
        }

        @Override
        public void received(int bytes) {
            received += bytes;
        }

        @Override
        public int copy(ByteBuf in, int bytesMax) {
            in.readBytes(target.setIndex(0, received), bytesMax);
            received += bytesMax;
            return bytesMax;
        }

        @Override
        public void complete() {
            taken++;
        }
    }
}
