package io.pramd.daemon.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.compression.StandardCompressionOptions;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.pramd.daemon.memory.Background;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.BindFault;
import io.pramd.daemon.server.Protection;
import io.pramd.daemon.server.Server;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe: HTTP for administrators. One event loop and one worker of its own do everything, for
 * a bounded number of connections with one request each at a time: however many ask, and however
 * slowly they read, the data path keeps its threads to itself.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    /** Connections at a time; more are closed at once. */
    static final int CONNECTIONS_MAX = 64;

    /**
     * Open for it at a time: those, the listener, what its event loop needs, and some to refuse.
     */
    public static final int DESCRIPTORS_MAX = CONNECTIONS_MAX + 8;

    private static final int BACKLOG = 128;

    /** What the kernel keeps of an answer beyond what the peer has room for. */
    private static final int SEND_BUFFER_BYTES = 256 << 10;

    private static final int LINE_BYTES_MAX = 4096;
    private static final int HEADERS_BYTES_MAX = 16 << 10;

    /** Of all answers that wait to be taken. */
    private static final long UNSENT_BYTES_MAX = 64 << 20;

    private static final int COMPRESSION_LEVEL = 1;
    private static final int CLOSE_SECONDS = 5;

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, AdminServer::thread, NioIoHandler.newFactory());
    private final ChannelGroup connections =
            new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Unsent unsent = new Unsent(UNSENT_BYTES_MAX);
    private final AdminConfig config;
    private final Worker worker;
    private final Patience patience;
    private final AdminAddress address;

    private AdminServer(AdminConfig config, Worker worker, Patience patience) {
        this.config = config;
        this.worker = worker;
        this.patience = patience;
        ChannelFuture bound = bootstrap().bind(config.address().socket()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            close();
            throw cannotBind(bound.cause());
        }
        connections.add(bound.channel());
        InetSocketAddress local = (InetSocketAddress) bound.channel().localAddress();
        address = config.address().withPort(local.getPort());
    }

    /**
     * Listens.
     *
     * @throws StoreException as {@link BindFault}
     * @throws IllegalArgumentException for an address that is not {@linkplain
     *     AdminAddress#requireAllowed allowed}
     */
    public static AdminServer start(AdminAddress address, AdminSources sources) {
        return start(address, sources, Patience.NORMAL);
    }

    static AdminServer start(AdminAddress address, AdminSources sources, Patience patience) {
        Protection protection = sources.protection();
        address.requireAllowed(protection.tls().isPresent(), protection.access().isPresent());
        Server server = sources.server();
        History history = new History(sources.meters(), server::info, server::traffic);
        Worker worker = new Worker();
        AdminConfig config =
                new AdminConfig(
                        address,
                        protection.tls(),
                        server.administration(),
                        Routes.of(sources, history, worker));
        AdminServer started = new AdminServer(config, worker, patience);
        started.loop.scheduleAtFixedRate(
                () -> sample(history),
                History.STEP_MILLIS,
                History.STEP_MILLIS,
                TimeUnit.MILLISECONDS);
        return started;
    }

    static AdminServer start(AdminConfig config) {
        return start(config, Patience.NORMAL);
    }

    static AdminServer start(AdminConfig config, Patience patience) {
        return new AdminServer(config, new Worker(), patience);
    }

    /** Whatever happens in one: a task that throws is never run again. */
    private static void sample(History history) {
        try {
            history.sample(System.currentTimeMillis(), System.nanoTime());
        } catch (RuntimeException | Error e) {
            LOG.error("a second is missing in the history", e);
        }
    }

    /** Where it listens, with the port in use. */
    public AdminAddress address() {
        return address;
    }

    private static Thread thread(Runnable loop) {
        Thread thread = new FastThreadLocalThread(Background.givingWay(loop), "pramd-admin");
        thread.setDaemon(true);
        return thread;
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel connection) {
                                attach(connection);
                            }
                        });
    }

    private void attach(Channel connection) {
        connections.add(connection);
        if (connections.size() > CONNECTIONS_MAX + 1) { // the listener is one of them
            connection.close();
            return;
        }
        ClogWatch clog = new ClogWatch();
        config.tls()
                .filter(tls -> config.address().isTls())
                .ifPresent(
                        tls ->
                                connection
                                        .pipeline()
                                        .addLast(tls.newHandler(connection.alloc()), clog));
        connection
                .pipeline()
                .addLast(
                        new HttpServerCodec(
                                new HttpDecoderConfig()
                                        .setMaxInitialLineLength(LINE_BYTES_MAX)
                                        .setMaxHeaderSize(HEADERS_BYTES_MAX)),
                        new WholeRequests());
        if (!config.address().isLocal()) { // this machine's memory is wider than any network
            connection
                    .pipeline()
                    .addLast(
                            new HttpContentCompressor(
                                    HEADERS_BYTES_MAX,
                                    StandardCompressionOptions.gzip(COMPRESSION_LEVEL, 15, 8)));
        }
        connection
                .pipeline()
                .addLast(
                        new FlowControlHandler(), // pipelined requests wait here
                        new AdminHandler(
                                new Desk(config, worker), new Sending(unsent, clog), patience));
    }

    private StoreException cannotBind(Throwable cause) {
        return BindFault.of(
                "cannot listen for administrators: address=" + config.address(),
                config.address().socket(),
                cause);
    }

    /**
     * Closes every connection at once, and waits for what is being answered, though not for ever.
     * Idempotent.
     */
    @Override
    public void close() {
        connections.close().awaitUninterruptibly();
        worker.close();
        loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** Whether nothing here reads the memory file any more, behind {@link #close}. */
    public boolean hasEnded() {
        return worker.hasEnded();
    }
}
