package io.pramd.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Hello;
import io.pramd.protocol.PacketLimits;
import io.pramd.protocol.PacketReader;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe: opens connections to one daemon; owns the threads that serve them, which are daemon
 * threads.
 */
final class Connector {
    private static final int LOOPS_MAX = 2;
    private static final int UNIX_SEND_BUFFER_BYTES = 1 << 20;
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Who does not take the goodbye of TLS within it will not take it at all. */
    private static final long GOODBYE_MILLIS = 100;

    /**
     * Not 0: a loop that is busy when it is told would end behind its last task without closing its
     * channels, and nobody would tell those who wait for what they have written.
     */
    private static final long QUIET_MILLIS = 1;

    private static final long END_MILLIS = 1000;

    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVLOWAT = 18;
    private static final ChannelOption<Integer> RECEIVE_MARK =
            new IntegerUnixChannelOption("SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT);

    private final PramUri uri;
    private final PramConfig config;
    private final Listeners listeners;
    private final Departure departure;
    private final Credentials credentials;
    private final boolean epoll = Epoll.isAvailable();
    private final EventLoopGroup loops;

    /** All that are open, or opening; what joins them after their end is closed at once. */
    private final ChannelGroup channels =
            new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

    private int attempts; // whoever needs the loops; guarded by this
    private boolean closed; // guarded by this

    Connector(PramUri uri, PramConfig config, Listeners listeners, Departure departure) {
        this.departure = departure;
        this.uri = uri;
        this.config = config;
        this.listeners = listeners;
        this.credentials = new Credentials(uri, config); // may throw: before there are loops
        this.loops =
                new MultiThreadIoEventLoopGroup(
                        Math.min(LOOPS_MAX, Runtime.getRuntime().availableProcessors()),
                        new DefaultThreadFactory("pram-client", true),
                        epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    Departure departure() {
        return departure;
    }

    /**
     * Connects and shakes hands, within the time of the call. What has been connected may be in the
     * queue of a daemon that is still to take the socket over, and greets when it serves: that is
     * waited for as for any answer, and where a daemon has said that it is going away as long as
     * the call has time.
     */
    Connection connect(Call call) {
        beginAttempt();
        Connection connection;
        try {
            requireDeparted(call);
            connection = connectInTurn(call);
        } catch (NotSentException e) {
            throw isClosed() ? closedHere(e) : e; // whichever end of it the call has come upon
        } finally {
            endAttempt();
        }
        connection.number(departure.welcomed());
        listeners.connected();
        return connection;
    }

    void close() {
        synchronized (this) {
            if (closed) {
                return; // perhaps the loops have ended, and a channel would have nobody to close it
            }
            closed = true;
            attempts++;
        }
        departure.close();
        try {
            channels.close();
        } finally {
            endAttempt();
        }
    }

    static NotSentException closedHere() {
        return closedHere(null);
    }

    private static NotSentException closedHere(NotSentException e) {
        return new NotSentException("the client is closed", NotSentException.Reason.CLOSED, e);
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void beginAttempt() {
        if (closed) {
            throw closedHere();
        }
        attempts++;
    }

    private synchronized void endAttempt() {
        attempts--;
        endLoopsWhenUnused();
    }

    /** Not before: an attempt to connect would wait for what nobody tells it. */
    private void endLoopsWhenUnused() {
        if (closed && attempts == 0) {
            loops.shutdownGracefully(QUIET_MILLIS, END_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * A daemon that has too many tokens to verify, or too many connections, asks to come again,
     * which is soon. One that is just going away may first finish what it is at: whoever was turned
     * away by it waits for a successor as for any answer.
     */
    private Connection connectInTurn(Call call) {
        Deadline connecting = Deadline.in(config.connect()).orEarlier(call.deadline());
        Deadline patience = patience(call);
        Deadline greeting =
                departure.isUnderWay() ? patience : patience.orEarlier(ordinaryPatience());
        Repeater turn = new Repeater(listeners, departure, call, connecting, Duration.ZERO);
        Repeater successor = new Repeater(listeners, departure, call, greeting, Duration.ZERO);
        while (true) {
            try {
                return connectOnce(call, connecting, greeting);
            } catch (RejectedException e) {
                if (e.errno() != Errno.EAGAIN) {
                    throw e;
                }
                turn.pauseAsAdvised(e);
            } catch (NotSentException e) {
                if (!asksToComeAgain(e)) {
                    throw e;
                }
                successor.pauseFor(e);
            }
        }
    }

    /** Whether the daemon closed the connection for it, in place of an answer to the greeting. */
    private static boolean asksToComeAgain(NotSentException e) {
        return e.getCause() instanceof NotSentException closed
                && closed.getCause() instanceof ConnectionLost lost
                && lost.asksToComeAgain();
    }

    /** Without a deadline of its own a call waits as for any answer. */
    private Deadline patience(Call call) {
        return call.deadline().isNever() ? ordinaryPatience() : call.deadline();
    }

    private Deadline ordinaryPatience() {
        return Deadline.in(max(config.noProgress(), config.connect()));
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** Until then the daemon has asked to be left alone. */
    private void requireDeparted(Call call) {
        try {
            if (!departure.awaitEarliest(patience(call))) {
                throw isClosed()
                        ? closedHere()
                        : cannotConnect("it is too early to look for a successor", null);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Connection connectOnce(Call call, Deadline deadline, Deadline greeting) {
        SslContext tls;
        Hello hello;
        try {
            tls = credentials.tls();
            hello = credentials.hello(config.agent());
        } catch (IllegalArgumentException e) {
            throw cannotConnect(e.getMessage(), e); // its file may just be on its way
        }
        SocketAddress address = address();
        credentials.requireSecrecy(address);
        Channel channel = awaitConnected(bootstrap(tls).connect(address), call, deadline);
        Connection connection = channel.attr(ConnectionHandler.CONNECTION).get();
        try {
            credentials.requireSecrecy(channel.remoteAddress()); // a name may have been resolved
        } catch (RejectedException e) {
            connection.close();
            throw e;
        }
        return greet(connection, hello, greeting);
    }

    private Channel awaitConnected(ChannelFuture connecting, Call call, Deadline deadline) {
        try {
            // at least once around, so that a deadline of nothing still meets a daemon that is
            // there
            long nanos = Math.max(SHORTEST_NANOS, deadline.leftNanos());
            if (!connecting.await(nanos, TimeUnit.NANOSECONDS)) {
                connecting.cancel(true);
                long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
                String why = "no answer for " + millis + " ms";
                throw call.deadline().hasPassed()
                        ? notGreeted(why + ", the deadline has passed", null)
                        : cannotConnect(why, null);
            }
        } catch (InterruptedException e) {
            connecting.channel().close();
            throw interrupted(e);
        }
        if (!connecting.isSuccess()) {
            throw cannotConnect(ConnectFault.text(connecting.cause()), connecting.cause());
        }
        return connecting.channel();
    }

    private Connection greet(Connection connection, Hello hello, Deadline deadline) {
        Duration left = Duration.ofNanos(Math.max(SHORTEST_NANOS, deadline.leftNanos()));
        try {
            connection.greet(hello, new Call("handshake", "", left, Deadline.in(left)));
            return connection;
        } catch (NotSentException e) {
            connection.close();
            if (e.isUntrusted()) {
                throw new NotSentException(
                        "cannot connect to " + uri + ": " + e.getCause().getMessage(),
                        NotSentException.Reason.UNTRUSTED,
                        e.getCause());
            }
            if (e.isNoProgress()) {
                throw notGreeted("connected, and not greeted for " + left.toMillis() + " ms", e);
            }
            throw e.isRepeatable() ? cannotConnect(e.getMessage(), e) : e;
        } catch (RejectedException e) {
            connection.close();
            // the handshake took too long for the daemon; which end says so first is chance
            throw e.errno() == Errno.ETIMEDOUT ? notGreeted(e.getMessage(), e) : e;
        } catch (PramException e) {
            connection.close();
            throw e;
        }
    }

    private Duration connectMax() {
        return Deadline.bounded(config.connect());
    }

    private Bootstrap bootstrap(SslContext tls) {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(loops)
                        .channel(channelType())
                        .option(ChannelOption.AUTO_CLOSE, false) // see ConnectionHandler
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                (int) Math.min(connectMax().toMillis(), Integer.MAX_VALUE))
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        initialize(channel, tls);
                                    }
                                });
        return uri.isUnix()
                ? bootstrap.option(ChannelOption.SO_SNDBUF, UNIX_SEND_BUFFER_BYTES)
                : bootstrap.option(ChannelOption.TCP_NODELAY, true);
    }

    private void initialize(Channel channel, SslContext tls) {
        channels.add(channel);
        Connection connection = new Connection(channel, listeners, departure);
        PacketReader reader = new PacketReader(connection, PacketLimits.ofClient());
        channel.attr(ConnectionHandler.CONNECTION).set(connection);
        if (tls != null) {
            // what the socket receives is not yet what the reader reads: no receiving in place
            channel.pipeline().addLast(tlsOf(channel, tls), tlsEvents(connection));
        } else {
            channel.config().setRecvByteBufAllocator(reader.receiveAllocator());
            if (channel instanceof EpollSocketChannel) {
                reader.markWith(bytes -> setReceiveMark(channel, bytes));
            }
        }
        channel.pipeline().addLast(reader, new ConnectionHandler(connection));
    }

    /** The host is the one in the URI, whatever address it has: the certificate must be for it. */
    private SslHandler tlsOf(Channel channel, SslContext tls) {
        String host = uri.host().replaceAll("[\\[\\]]", "");
        SslHandler handler = tls.newHandler(channel.alloc(), host, uri.port());
        handler.setHandshakeTimeoutMillis(0); // the greeting waits behind it, and has a deadline
        handler.setCloseNotifyFlushTimeoutMillis(GOODBYE_MILLIS);
        return handler;
    }

    private TlsEvents tlsEvents(Connection connection) {
        boolean speaksTls12 = config.tls().minimum() == PramTls.Version.TLS_1_2;
        return new TlsEvents(
                connection, new TlsFailure(uri, credentials.hasCertificate(), speaksTls12));
    }

    /** On loopback alone: where bytes come slowly each few of them are a sign of life. */
    private static void setReceiveMark(Channel channel, int bytes) {
        boolean isLoopback =
                channel.remoteAddress() instanceof InetSocketAddress daemon
                        && daemon.getAddress().isLoopbackAddress();
        if (isLoopback && channel.isOpen()) {
            channel.config().setOption(RECEIVE_MARK, bytes);
        }
    }

    private Class<? extends Channel> channelType() {
        if (uri.isUnix()) {
            return epoll ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
        }
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    private SocketAddress address() {
        if (!uri.isUnix()) {
            return new InetSocketAddress(uri.host(), uri.port());
        }
        return epoll ? new DomainSocketAddress(uri.path()) : UnixDomainSocketAddress.of(uri.path());
    }

    private NotSentException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new NotSentException(
                "cannot connect to " + uri + ": interrupted",
                NotSentException.Reason.INTERRUPTED,
                e);
    }

    NotSentException cannotConnect(String why, Throwable cause) {
        return cannotConnect(why, NotSentException.Reason.NO_CONNECTION, cause);
    }

    /** The same, where a time has run out: somebody is there, or nobody knows. */
    private NotSentException notGreeted(String why, Throwable cause) {
        return cannotConnect(why, NotSentException.Reason.UNGREETED, cause);
    }

    private NotSentException cannotConnect(
            String why, NotSentException.Reason reason, Throwable cause) {
        return new NotSentException(
                "cannot connect to " + uri + ": " + why + departure.remark(), reason, cause);
    }
}
