package io.pramd.daemon.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.UnixChannel;
import io.pramd.daemon.memory.Sharing;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.net.InetSocketAddress;

/** One owner: a bound socket that hands new connections to {@link Sessions}. */
final class Listener {
    private static final int BACKLOG = 1024;

    /** Unsent bytes at which a connection takes no further page batches, and when it does again. */
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(2 << 20, 4 << 20);

    /** A Unix socket moves no more at a time than its sender's buffer holds. */
    private static final int UNIX_SEND_BUFFER_BYTES = 1 << 20;

    /**
     * What the kernel keeps of a connection beyond what the peer has room for. By itself it keeps
     * megabytes for each peer that does not read, until all sockets of the machine are short of
     * memory.
     */
    private static final int UNSENT_BYTES_MAX = 512 << 10;

    private final ListenAddress address;
    private final Channel channel;
    private final UnixSocketFile socketFile;
    private final boolean isLent;
    private boolean isLeft;

    private Listener(
            ListenAddress address, Channel channel, UnixSocketFile socketFile, boolean isLent) {
        this.address = address;
        this.channel = channel;
        this.socketFile = socketFile;
        this.isLent = isLent;
    }

    /**
     * Binds, unless the socket listens already; blocks for a moment.
     *
     * @throws StoreException as {@link BindFault}, {@link UnixSocketFile#requireFree} and {@link
     *     Sharing#apply}; EINVAL for a socket of another process where that cannot be; the text
     *     names the address. Nothing is left bound then
     */
    static Listener open(
            ListenSocket socket, Transport transport, EventLoopGroup loops, Sessions sessions) {
        socket.requireTransport(transport);
        ListenAddress address = socket.address();
        UnixSocketFile socketFile = null;
        if (address instanceof ListenAddress.Unix unix && !socket.isLent()) {
            socketFile = new UnixSocketFile(unix.path());
            if (!socket.isInherited()) {
                socketFile.requireFree();
            }
        }
        ServerBootstrap bootstrap = bootstrap(socket, transport, loops, sessions);
        ChannelFuture bound =
                (socket.isInherited()
                                ? bootstrap.register()
                                : bootstrap.bind(transport.socketAddress(address)))
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw cannotBind(address, bound.cause());
        }
        Listener listener =
                new Listener(
                        resolved(address, bound.channel()),
                        bound.channel(),
                        socketFile,
                        socket.isLent());
        if (socketFile != null) {
            socketFile.bound();
            listener.shareBy(sessions.sharing());
        }
        return listener;
    }

    private void shareBy(Sharing sharing) {
        try {
            socketFile.shareBy(sharing);
        } catch (StoreException e) {
            close();
            throw e;
        }
    }

    /** With the port that the kernel chose. */
    ListenAddress address() {
        return address;
    }

    /**
     * The open socket, for another process.
     *
     * @throws StoreException EINVAL where sockets have no descriptors
     */
    ListenSocket socket() {
        if (channel instanceof UnixChannel unix) {
            return new ListenSocket(address, unix.fd().intValue(), isLent);
        }
        throw StoreException.of(
                Errno.EINVAL,
                "a socket is handed over only with Netty's native library, which does not load"
                        + " here: address="
                        + address);
    }

    /**
     * Accepts nothing more; the socket is another process's now: it stays open until this process
     * ends, and its file stays.
     */
    void leave() {
        isLeft = true;
        channel.deregister().awaitUninterruptibly();
    }

    /**
     * Accepts nothing more; blocks until the socket and its file are gone, unless it is another
     * process's. Idempotent.
     */
    void close() {
        if (isLeft) {
            return;
        }
        channel.close().awaitUninterruptibly();
        if (socketFile != null) {
            socketFile.removeOwn();
        }
    }

    private static ServerBootstrap bootstrap(
            ListenSocket socket, Transport transport, EventLoopGroup loops, Sessions sessions) {
        ListenAddress address = socket.address();
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loops)
                        .channelFactory(transport.serverChannel(socket))
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel listener) {
                                        listener.pipeline()
                                                .addLast(new AcceptFailures(), new AcceptPace());
                                    }
                                })
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel child) {
                                        ListenAddress reached = resolved(address, child.parent());
                                        Session.attach(child, sessions, reached);
                                    }
                                });
        if (address instanceof ListenAddress.Tcp) {
            bootstrap
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childOption(ChannelOption.SO_KEEPALIVE, true);
            if (transport == Transport.EPOLL) {
                bootstrap.childOption(
                        EpollChannelOption.TCP_NOTSENT_LOWAT, (long) UNSENT_BYTES_MAX);
            }
        } else {
            bootstrap.childOption(ChannelOption.SO_SNDBUF, UNIX_SEND_BUFFER_BYTES);
        }
        return bootstrap;
    }

    private static ListenAddress resolved(ListenAddress asked, Channel channel) {
        return channel.localAddress() instanceof InetSocketAddress socket
                ? new ListenAddress.Tcp(socket, asked.isTls())
                : asked;
    }

    private static StoreException cannotBind(ListenAddress address, Throwable cause) {
        String what = "cannot listen: address=" + address;
        return address instanceof ListenAddress.Tcp tcp
                ? BindFault.of(what, tcp.socket(), cause)
                : BindFault.of(what, cause);
    }
}
