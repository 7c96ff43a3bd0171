import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.Version;
import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramTls;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A program with a Netty 4.1 of its own, whose native library it has loaded, too. Its arguments are
 * two URIs of one daemon, the second of which is inside TLS, and the file with whom to trust there.
 */
public final class BesideNetty41 {
    private static final long ECHO_SECONDS = 30;

    private BesideNetty41() {}

    public static void main(String[] args) throws Exception {
        Epoll.ensureAvailability();
        EventLoopGroup loops = new EpollEventLoopGroup(1);
        Channel server = echo(loops);
        try (PramClient client = PramClient.connect(args[0])) {
            byte[] bytes = new byte[3_000_001];
            new Random(41).nextBytes(bytes);
            try (SaveStream save = client.openSave("beside", SaveOptions.defaults())) {
                save.write(bytes);
                save.finish();
            }
            System.out.println("echo " + sameThroughEcho(loops, server));
            try (LoadStream load = client.openLoad("beside", LoadOptions.defaults())) {
                System.out.println("load " + Arrays.equals(load.readAllBytes(), bytes));
                load.finish();
            }
            System.out.println("left " + client.list("").size());
            System.out.println("tls " + isSavedInsideTls(args[1], Path.of(args[2]), bytes));
        } finally {
            server.close().sync();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
        System.out.println("netty " + Version.identify().get("netty-transport").artifactVersion());
        System.out.println(
                "own epoll " + io.pramd.client.shaded.io.netty.channel.epoll.Epoll.isAvailable());
    }

    private static boolean isSavedInsideTls(String uri, Path authority, byte[] bytes)
            throws IOException {
        PramConfig config = PramConfig.defaults().withTls(PramTls.defaults().withTrust(authority));
        try (PramClient client = PramClient.connect(uri, config)) {
            client.save("inside", bytes);
            return Arrays.equals(client.load("inside", LoadStream::readAllBytes), bytes);
        }
    }

    private static Channel echo(EventLoopGroup loops) throws InterruptedException {
        return new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(new Echo());
                            }
                        })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    private static boolean sameThroughEcho(EventLoopGroup loops, Channel server)
            throws InterruptedException {
        BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        Channel channel =
                new Bootstrap()
                        .group(loops)
                        .channel(EpollSocketChannel.class)
                        .handler(new Receiver(received))
                        .connect(server.localAddress())
                        .sync()
                        .channel();
        byte[] sent = {4, 1};
        channel.writeAndFlush(Unpooled.wrappedBuffer(sent)).sync();
        byte[] back = received.poll(ECHO_SECONDS, TimeUnit.SECONDS);
        channel.close().sync();
        return Arrays.equals(back, sent);
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            context.writeAndFlush(bytes);
        }
    }

    private static final class Receiver extends SimpleChannelInboundHandler<ByteBuf> {
        private final BlockingQueue<byte[]> received;

        Receiver(BlockingQueue<byte[]> received) {
            this.received = received;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            received.add(ByteBufUtil.getBytes(bytes));
        }
    }
}
