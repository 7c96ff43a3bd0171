package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import io.pramd.protocol.DecodeException;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.Hello;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PacketReader;
import io.pramd.protocol.PacketSink;
import io.pramd.protocol.PageSink;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Event loop only: one connection from its greeting to its end. */
final class Session extends ChannelInboundHandlerAdapter implements PacketSink {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private enum State {
        /** Waits for HELLO; nothing else is heard. */
        GREETING,
        /** Requests and streams. */
        SERVING,
        /** Has said its last word; nothing is heard. */
        ENDING,
        CLOSED
    }

    private final Channel channel;
    private final Sessions sessions;
    private final long number;
    private final Peer peer;
    private final Dispatcher dispatcher;
    private final PacketReader reader;
    private final IdleWatch idleWatch;
    private Future<?> handshakeLimit;
    private State state = State.GREETING;
    private boolean admitted;
    private long lastId;
    private PacketHeader claimed;

    private Session(Channel channel, Sessions sessions) {
        ServerLimits limits = sessions.limits();
        this.channel = channel;
        this.sessions = sessions;
        this.number = sessions.nextNumber();
        this.peer = new Peer(channel, limits, this::relieved);
        this.dispatcher = new Dispatcher(peer, sessions, number, channel.alloc());
        this.reader = new PacketReader(this, limits.packets());
        this.idleWatch = new IdleWatch(channel, this::isWaitingForStore, this::idle);
        dispatcher.readWith(reader);
    }

    /** Serves a new connection. */
    static void attach(Channel channel, Sessions sessions) {
        LoopThread.runs(channel.eventLoop());
        Session session = new Session(channel, sessions);
        channel.config().setRecvByteBufAllocator(session.reader.receiveAllocator());
        channel.pipeline().addLast(session.reader, session);
    }

    /** Runs on the connection's event loop, later. From any thread. */
    void execute(Runnable task) {
        peer.execute(task);
    }

    /** Ends at once when nothing is open, else with the last stream and request. */
    void drain() {
        if (isOpen() && !peer.hasWork()) {
            endWith(retryLater("the daemon is draining"));
        }
    }

    /** Ends with a word where it can be written at once. */
    void cut() {
        if (isOpen() && channel.isWritable()) {
            endWith(retryLater("the daemon stops"));
        } else {
            channel.close();
        }
    }

    void close() {
        channel.close();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        idleWatch.start(sessions.limits().idleMillis());
        admitted = sessions.enter(this);
        LOG.debug("connection {} from {}", number, channel.remoteAddress());
        if (!admitted && sessions.isCrowded()) {
            channel.close();
        } else if (!admitted) {
            endWith(retryLater("too many connections: max=" + sessions.limits().connectionsMax()));
        } else if (sessions.isDraining()) {
            endWith(retryLater("the daemon is draining"));
        } else {
            handshakeLimit =
                    channel.eventLoop()
                            .schedule(
                                    this::greetingLate,
                                    sessions.limits().handshakeMillis(),
                                    TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (isOpen()) {
            idleWatch.received();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable() && isOpen()) {
            dispatcher.writable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        LOG.debug("connection {} is closed", number);
        letGo();
        state = State.CLOSED;
        idleWatch.stop();
        sessions.leave(this, admitted);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("connection {} broke: {}", number, cause.toString());
        } else if (cause instanceof OutOfMemoryError) {
            // one line and no stack: there may be many of them
            LOG.warn("connection {} is closed, there is no memory: {}", number, cause.getMessage());
        } else {
            LOG.error("connection {} failed inside the daemon", number, cause);
        }
        channel.close();
    }

    @Override
    public void onNotPreface(ByteBuf firstBytes) {
        Optional<ByteBuf> answer = Greeting.foreignAnswer(firstBytes);
        if (answer.isEmpty()) {
            endWith(Greeting.notOurs());
        } else if (isOpen()) {
            LOG.debug("connection {} speaks another protocol", number);
            letGo();
            peer.end(answer.get());
        }
    }

    @Override
    public Verdict onHeader(PacketHeader header) {
        if (!isOpen()) {
            return Verdict.STOP;
        }
        if (state == State.GREETING) {
            return greetingVerdict(header);
        }
        if (peer.isBacklogged()) {
            return Verdict.WAIT; // before the id is claimed: the header will be asked about again
        }
        return claimId(header) ? dispatcher.verdict(header) : Verdict.STOP;
    }

    @Override
    public void onPacket(PacketHeader header, ByteBuf payload) {
        Message message = MessageCodec.decode(header, payload);
        if (!(message instanceof Hello hello)) {
            dispatcher.message(header.id(), message);
        } else if (state == State.GREETING) {
            greet(header.id(), hello);
        } else {
            peer.answer(
                    header.id(),
                    ErrorReply.of(Errno.EINVAL, MessageType.HELLO, "HELLO comes once"));
        }
    }

    @Override
    public PageSink onPages(PacketHeader header, int pageCount, ByteBuf table) {
        return dispatcher.pages(header, pageCount, table);
    }

    @Override
    public void onUnreadable(PacketHeader header, DecodeException e) {
        if (e.isClosing() || state == State.GREETING) {
            endWith(ErrorReply.of(e));
        } else if (isOpen() && claimId(header)) {
            dispatcher.unreadable(header, e);
            if (peer.isBacklogged()) {
                reader.pause(); // no header is asked about before the next such packet
            }
        }
    }

    private Verdict greetingVerdict(PacketHeader header) {
        if (header.type() == MessageType.HELLO) {
            return Verdict.ACCEPT;
        }
        endWith(
                ErrorReply.of(
                        Errno.EINVAL,
                        header.type(),
                        "the first packet is not HELLO: type=" + header.typeNumber()));
        return Verdict.STOP;
    }

    private void greet(long id, Hello hello) {
        Optional<ErrorReply> refusal = Greeting.refusal(id, hello);
        if (refusal.isPresent()) {
            endWith(refusal.get());
            return;
        }
        state = State.SERVING;
        handshakeLimit.cancel(false);
        peer.packetBytesMax(hello.packetBytesMax());
        peer.features(Greeting.features(hello));
        peer.greet();
        peer.answer(Peer.CONNECTION_ID, Greeting.welcome(hello, sessions));
        LOG.debug("connection {} is {}", number, hello.agent());
    }

    /**
     * Takes the id of a new request or stream, once per packet. An id that does not increase could
     * be mistaken for an older one: nothing after it can be trusted.
     */
    private boolean claimId(PacketHeader header) {
        if (header == claimed || !opensId(header)) {
            return true;
        }
        claimed = header;
        if (Long.compareUnsigned(header.id(), lastId) <= 0) {
            endWith(
                    ErrorReply.of(
                            Errno.EINVAL,
                            header.type(),
                            "ids must increase: id="
                                    + Long.toUnsignedString(header.id())
                                    + " last="
                                    + Long.toUnsignedString(lastId)));
            return false;
        }
        lastId = header.id();
        return true;
    }

    private static boolean opensId(PacketHeader header) {
        return switch (header.type()) {
            case PREPARE_SAVE,
                    OUTCOME,
                    PREPARE_LOAD,
                    LIST,
                    STAT,
                    REMOVE,
                    REMOVE_ALL,
                    INFO,
                    CHECK,
                    GROW ->
                    true;
            case PING -> header.id() != Peer.CONNECTION_ID; // also the connection may be pinged
            default -> false;
        };
    }

    private boolean isOpen() {
        return state == State.GREETING || state == State.SERVING;
    }

    /** Only then is a pause the store's: the client cannot be blamed for its silence. */
    private boolean isWaitingForStore() {
        return isOpen() && reader.isPaused() && !peer.isBacklogged();
    }

    private void relieved() {
        if (sessions.isDraining()) {
            drain();
        }
        if (isOpen()) {
            reader.resume();
        }
    }

    private void greetingLate() {
        endWith(
                ErrorReply.of(
                        Errno.ETIMEDOUT,
                        MessageType.HELLO,
                        "no HELLO in time: millis=" + sessions.limits().handshakeMillis()));
    }

    private void idle() {
        LOG.debug("connection {} is idle", number);
        channel.close();
    }

    private void endWith(ErrorReply reply) {
        if (isOpen()) {
            LOG.debug("connection {} ends: {} {}", number, reply.errno(), reply.text());
            letGo();
            peer.endWith(reply);
            reader.resume(); // to drop what still comes
        }
    }

    /** From here on the connection holds nothing of the store. */
    private void letGo() {
        if (isOpen()) {
            state = State.ENDING;
            dispatcher.close();
            if (handshakeLimit != null) {
                handshakeLimit.cancel(false);
            }
        }
    }

    private static ErrorReply retryLater(String text) {
        return ErrorReply.of(Errno.EAGAIN, MessageType.UNKNOWN, text)
                .withRetryAfterMillis(Answers.RETRY_AFTER_MILLIS);
    }
}
