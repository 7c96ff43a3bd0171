package io.pramd.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over a real socket, where the kernel writes into the sink's memory. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DirectReceiveTest {
    private static final int BIG_PACKETS = 12;

    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final RecordingSink sink = new RecordingSink();
    private final CountDownLatch closed = new CountDownLatch(1);

    @AfterEach
    void stopLoops() throws InterruptedException {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    @Test
    void receivesTheSameBytesAsThroughSmallBuffers() throws Exception {
        ByteBuf all = conversation();
        send(all, new Random(1), 3_000_000);
        assertThat(sink.events).isEqualTo(expected(all));
        assertThat(sink.directBytes).isGreaterThan(BIG_PACKETS * 1024 * 1024 / 2);
    }

    @Test
    void receivesTheSameBytesWithRandomSplitsPausesAndWindows() throws Exception {
        ByteBuf all = conversation();
        Random pauses = new Random(2);
        sink.windowBytesMax = 64 * 1024;
        sink.pauses =
                () -> {
                    boolean pause = pauses.nextInt(4) == 0;
                    if (pause) {
                        // what a pause is for: something else lets it go on, a little later, on the
                        // loop
                        loops.schedule(() -> sink.reader.resume(), 50, TimeUnit.MICROSECONDS);
                    }
                    return pause;
                };
        send(all, new Random(3), 50_000);
        assertThat(sink.events).isEqualTo(expected(all));
        assertThat(sink.directBytes).isPositive();
    }

    /** A receive for each would cost more than the copy. */
    @Test
    void copiesIntoWindowsThatAreShort() throws Exception {
        ByteBuf all = conversation();
        sink.windowBytesMax = 4096;
        send(all, new Random(4), 3_000_000);
        assertThat(sink.events).isEqualTo(expected(all));
        // what is left of a packet may be as short as its window
        assertThat(sink.directBytes).isLessThan(BIG_PACKETS * 64 * 1024);
        assertThat(sink.largestCopied).isGreaterThan(PacketReader.SMALL_BUFFER_BYTES);
    }

    /** One peer that sent requests without end had an event loop to itself for 8 MiB of them. */
    @Test
    void letsOthersHaveTheLoopBehindSixtyFourKibOfRequests() {
        PacketReader reader = new PacketReader(sink, PacketLimits.ofDaemon());
        var handle = reader.receiveAllocator().newHandle();
        for (int turn = 0; turn < 2; turn++) {
            handle.reset(null);
            int receives = 0;
            do {
                ByteBuf small = handle.allocate(UnpooledByteBufAllocator.DEFAULT);
                handle.attemptedBytesRead(small.writableBytes());
                handle.lastBytesRead(small.writableBytes());
                small.release();
                receives++;
            } while (handle.continueReading() && receives < 100);
            assertThat(receives).isEqualTo(4);
        }
    }

    private static ByteBuf conversation() {
        ByteBuf all = PacketReaderTest.withPreface();
        for (int i = 0; i < BIG_PACKETS; i++) {
            PacketReaderTest.pages(all, i + 1, 256 + i);
            MessageCodec.write(all, i + 1, new FinishSave(i));
            PacketReaderTest.pages(all, i + 1, 1 + i);
        }
        return all;
    }

    private static List<String> expected(ByteBuf all) {
        RecordingSink small = new RecordingSink();
        small.reader = new PacketReader(small, PacketLimits.ofDaemon());
        EmbeddedChannel channel = new EmbeddedChannel(small.reader);
        channel.writeInbound(all.copy());
        channel.finish();
        return small.events;
    }

    private void send(ByteBuf all, Random random, int splitBytesMax) throws Exception {
        Channel listener = listen();
        InetSocketAddress address = (InetSocketAddress) listener.localAddress();
        byte[] bytes = ByteBufUtil.getBytes(all);
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            OutputStream out = socket.getOutputStream();
            for (int at = 0; at < bytes.length; ) {
                int split = Math.min(bytes.length - at, 1 + random.nextInt(splitBytesMax));
                out.write(bytes, at, split);
                at += split;
            }
            socket.shutdownOutput();
            awaitEnd(socket);
        }
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        listener.close().sync();
    }

    /** The other side closes once it has read everything. */
    private static void awaitEnd(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    private Channel listen() throws InterruptedException {
        return new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                sink.reader = new PacketReader(sink, PacketLimits.ofDaemon());
                                channel.config()
                                        .setRecvByteBufAllocator(sink.reader.receiveAllocator());
                                channel.pipeline().addLast(sink.reader);
                                channel.closeFuture().addListener(done -> closed.countDown());
                            }
                        })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }
}
