package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.pramd.daemon.access.Access;
import io.pramd.daemon.memory.Printable;
import io.pramd.protocol.DecodeException;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.Features;
import io.pramd.protocol.GoingAway;
import io.pramd.protocol.Hello;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PacketReader;
import io.pramd.protocol.PacketSink;
import io.pramd.protocol.PageSink;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

/** Event loop only: one connection from its greeting to its end. */
final class Session extends ChannelInboundHandlerAdapter implements PacketSink {
    private enum State {
        /** Waits for HELLO; nothing else is heard. */
        GREETING,
        /** HELLO has come, and it is being found out whose it is; nothing else is heard. */
        INTRODUCING,
        /** Requests and streams. */
        SERVING,
        /** What was heard is still answered; nothing more is heard. */
        SETTLING,
        /** Has said its last word; nothing is heard. */
        ENDING,
        CLOSED
    }

    private final Channel channel;
    private final Sessions sessions;
    private final ListenAddress listener;
    private final ConnectionLog log;
    private final Peer peer;
    private final PacketReader reader;
    private final TlsReceive tlsReceive = new TlsReceive();
    private final IdleWatch idleWatch;
    private final Profile profile;
    private Dispatcher dispatcher; // null: it is not known yet who is there
    private final RequestIds ids = new RequestIds();
    private Future<?> handshakeLimit;
    private State state = State.GREETING;
    private boolean admitted;
    private boolean toldOfEnd;

    private Session(Channel channel, Sessions sessions, ListenAddress listener) {
        this.listener = listener;
        ServerLimits limits = sessions.limits();
        this.channel = channel;
        this.sessions = sessions;
        this.log = new ConnectionLog(sessions.nextNumber());
        this.peer = new Peer(channel, limits, log, this::relieved);
        this.reader = new PacketReader(this, limits.packets());
        this.profile = new Profile(channel, listener, log.number(), sessions.metering());
        this.idleWatch = new IdleWatch(channel, this::isWaitingForStore, this::idle);
    }

    /** Serves a new connection. */
    static void attach(Channel channel, Sessions sessions, ListenAddress listener) {
        LoopThread.runs(channel.eventLoop());
        Session session = new Session(channel, sessions, listener);
        if (listener.isTls()) {
            channel.config().setRecvByteBufAllocator(session.tlsReceive);
            channel.pipeline()
                    .addLast(
                            new TlsGate(
                                    sessions.tls().context(), sessions.limits().handshakeMillis()));
        } else {
            channel.config().setRecvByteBufAllocator(session.reader.receiveAllocator());
        }
        channel.pipeline().addLast(session.reader, session);
    }

    /** Runs on the connection's event loop, later. From any thread. */
    void execute(Runnable task) {
        peer.execute(task);
    }

    EventLoop loop() {
        return channel.eventLoop();
    }

    /** How it is now; empty when it is over, or has no streams and is not wanted then. */
    Optional<ClientView> view(boolean quietToo) {
        List<StreamView> streams = dispatcher == null ? List.of() : dispatcher.streams();
        String principal = dispatcher == null ? "" : dispatcher.caller().principal();
        return isOpen() && (quietToo || !streams.isEmpty())
                ? Optional.of(profile.view(principal, streams))
                : Optional.empty();
    }

    /** Ends at once when nothing is open, else with the last stream and request, and says so. */
    void drain() {
        if (state == State.SERVING && peer.has(Features.GOING_AWAY) && !toldOfEnd) {
            toldOfEnd = true;
            peer.answer(Peer.CONNECTION_ID, new GoingAway(sessions.retryAfterMillis()));
            dispatcher.refuseWaiting();
        }
        if (isOpen() && !peer.hasWork()) {
            String why = state == State.SETTLING ? "stops" : "is draining";
            endWith(Greeting.retryLater("the daemon " + why));
        }
    }

    /** Ends with a word where it can be written at once: a promise to who was told of the end. */
    void cut() {
        // not one that is ending: closed with bytes unread it is reset, and its last word is lost
        if (isOpen() && !channel.isWritable()) {
            channel.close();
        } else if (isOpen() && toldOfEnd) {
            state = State.SETTLING;
            dispatcher.cut();
            drain();
        } else {
            endWith(Greeting.retryLater("the daemon stops"));
        }
    }

    void close() {
        channel.close();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        idleWatch.start(sessions.limits().idleMillis());
        admitted = sessions.enter(this);
        log.debug("from={} to {}", channel.remoteAddress(), listener);
        if (!admitted && sessions.isCrowded()) {
            channel.close();
        } else if (!admitted) {
            endWith(Greeting.tooMany(sessions.limits().connectionsMax()));
        } else if (sessions.isDraining()) {
            endWith(Greeting.retryLater("the daemon is draining"));
        } else {
            long handshakeMillis = sessions.limits().handshakeMillis();
            handshakeLimit = peer.later(handshakeMillis, this::greetingLate);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (isOpen()) {
            idleWatch.received();
            profile.heard();
        }
        // also of one that is ending: it may go on asking, and its last words wait behind the rest
        if (listener.isTls() && peer.isClogged(state == State.SERVING)) {
            complain("takes nothing of what it has TLS send");
            channel.unsafe().close(channel.newPromise()); // without a goodbye of TLS
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable() && state == State.SERVING) {
            dispatcher.writable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        log.debug("is closed");
        letGo();
        state = State.CLOSED;
        idleWatch.stop();
        sessions.leave(this, admitted);
    }

    /** The end of the TLS handshake. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                peer.encrypted();
            } else {
                String why = String.valueOf(handshake.cause().getMessage());
                complain("TLS failed: " + Printable.of(why));
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.broke(cause);
        channel.close();
    }

    @Override
    public void onNotPreface(ByteBuf firstBytes) {
        Optional<ByteBuf> answer = Greeting.foreignAnswer(firstBytes);
        if (answer.isEmpty()) {
            endWith(Greeting.notOurs());
        } else if (isOpen()) {
            complain("speaks " + Greeting.foreignName(firstBytes) + " to " + listener);
            letGo();
            peer.end(answer.get());
        }
    }

    @Override
    public Verdict onHeader(PacketHeader header) {
        if (!hears()) {
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
        if (!hears()) {
            return; // it was on its way when the last word was said
        }
        Message message = MessageCodec.decode(header, payload);
        if (!(message instanceof Hello hello)) {
            dispatcher.message(header.id(), message);
        } else if (state == State.GREETING) {
            greet(header.id(), hello);
        } else {
            peer.answer(header.id(), Greeting.again());
        }
    }

    @Override
    public PageSink onPages(PacketHeader header, int pageCount, ByteBuf table) {
        return hears() ? dispatcher.pages(header, pageCount, table) : null;
    }

    @Override
    public void onUnreadable(PacketHeader header, DecodeException e) {
        if (e.isClosing() || state == State.GREETING) {
            endWith(ErrorReply.of(e));
        } else if (hears() && claimId(header)) {
            dispatcher.unreadable(header, e);
            if (peer.isBacklogged()) {
                reader.pause(); // no header is asked about before the next such packet
            }
        }
    }

    private Verdict greetingVerdict(PacketHeader header) {
        boolean lacksTls = listener.isTls() && !peer.isEncrypted();
        if (lacksTls) {
            complain("speaks without TLS to " + listener);
        }
        Optional<ErrorReply> refusal = Greeting.refusal(header, listener, lacksTls);
        refusal.ifPresent(this::endWith);
        return refusal.isEmpty() ? Verdict.ACCEPT : Verdict.STOP;
    }

    private void greet(long id, Hello hello) {
        Optional<Access> access = sessions.access();
        Introduction introduction =
                new Introduction(channel, listener, peer, sessions, log.number());
        Optional<ErrorReply> refusal = introduction.refusal(id, hello);
        if (refusal.isPresent()) {
            if (refusal.get().errno() == Errno.EACCES) {
                complain("shows a certificate that is not valid now to " + listener);
            }
            endWith(refusal.get());
            return;
        }
        handshakeLimit.cancel(false);
        profile.greeted(hello);
        if (access.isEmpty()) {
            welcome(hello, introduction.anybody());
            return;
        }
        state = State.INTRODUCING;
        reader.pause();
        introduction.ask(
                access.get(), hello, (caller, failure) -> introduced(hello, caller, failure));
    }

    private void introduced(Hello hello, Caller caller, Throwable failure) {
        if (state != State.INTRODUCING) {
            return;
        }
        if (failure != null) {
            complain("is not let in to " + listener);
            endWith(Answers.error(MessageType.HELLO, failure, log));
            return;
        }
        welcome(hello, caller);
        review(); // the rules may have changed since
        reader.resume();
    }

    private void welcome(Hello hello, Caller caller) {
        state = State.SERVING;
        tlsReceive.letIn();
        long features = Greeting.features(hello, !caller.isAnybody());
        peer.packetBytesMax(hello.packetBytesMax());
        peer.features(features);
        dispatcher =
                new Dispatcher(
                        peer,
                        sessions,
                        new Dispatcher.Client(log.number(), caller, reader, profile));
        peer.greet();
        peer.answer(Peer.CONNECTION_ID, Greeting.welcome(features, sessions));
        log.debug("is {} of principal={}", hello.agent(), caller.principal());
    }

    /** The rules have changed: who would not be let in today has to go. */
    void review() {
        if (state == State.SERVING && !dispatcher.caller().isStillGood()) {
            endWith(Greeting.noLongerLetIn(dispatcher.caller().principal()));
        }
    }

    private boolean claimId(PacketHeader header) {
        Optional<ErrorReply> refusal = ids.claim(header);
        refusal.ifPresent(this::endWith);
        return refusal.isEmpty();
    }

    private boolean isOpen() {
        return hears() || state == State.INTRODUCING || state == State.SETTLING;
    }

    private boolean hears() {
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
        endWith(Greeting.late(sessions.limits().handshakeMillis()));
    }

    private void idle() {
        log.debug("is idle");
        letGo(); // first: whoever sees the end finds the names free
        channel.close();
    }

    private void endWith(ErrorReply reply) {
        if (isOpen()) {
            log.debug("ends: {} {}", reply.errno(), reply.text());
            letGo();
            if (channel.pipeline().get(TlsGate.class) != null) {
                channel.close(); // TLS or not? Nothing has come that would tell
                return;
            }
            peer.endWith(reply);
            reader.resume(); // to drop what still comes
        }
    }

    /** From here on the connection holds nothing of the store. */
    private void letGo() {
        if (isOpen()) {
            state = State.ENDING;
            if (dispatcher != null) {
                dispatcher.close();
            }
            if (handshakeLimit != null) {
                handshakeLimit.cancel(false);
            }
        }
    }

    /** To the operator: who connects so is to be helped. */
    private void complain(String what) {
        sessions.complaints().say(log, channel.remoteAddress(), what);
    }
}
