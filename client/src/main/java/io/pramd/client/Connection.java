package io.pramd.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelProgressivePromise;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelProgressivePromise;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.pramd.protocol.BadPages;
import io.pramd.protocol.DecodeException;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.FramesAre;
import io.pramd.protocol.GoingAway;
import io.pramd.protocol.Hello;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PacketSink;
import io.pramd.protocol.PageSink;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Preface;
import io.pramd.protocol.Welcome;
import java.nio.channels.ClosedChannelException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe: one connection: gives out ids, sends, and hands each answer to what waits for its
 * id.
 */
final class Connection implements PacketSink {
    private static final long CONNECTION_ID = 0;
    private static final int PINGS_PER_IDLE = 3;

    private final Channel channel;
    private final Listeners listeners;
    private final Departure departure;
    private final Map<Long, Exchange> exchanges = new ConcurrentHashMap<>();
    private final Exchange handshake = new Exchange();
    private final CompletableFuture<Message> welcomed = handshake.expect(MessageType.HELLO);
    private final CompletableFuture<ConnectionLost> end = new CompletableFuture<>();
    private volatile ConnectionLost lost;
    private volatile boolean sentSincePing;
    private volatile boolean suspect;
    private volatile boolean isMute;
    private volatile boolean leaving;
    private volatile long welcomeNumber;
    private Welcome welcome;
    private int users;
    private long lastId;

    Connection(Channel channel, Listeners listeners, Departure departure) {
        this.channel = channel;
        this.listeners = listeners;
        this.departure = departure;
        exchanges.put(CONNECTION_ID, handshake);
    }

    /** Says hello and waits for the welcome. */
    void greet(Hello hello, Call call) {
        ByteBuf greeting = channel.alloc().directBuffer();
        Preface.write(greeting);
        MessageCodec.write(greeting, CONNECTION_ID, hello);
        channel.writeAndFlush(greeting);
        welcome = (Welcome) Answers.await(welcomed, handshake, call, Effect.NONE);
        long tickMillis = Math.max(1, welcome.idleMillis() / PINGS_PER_IDLE);
        var pings =
                channel.eventLoop()
                        .scheduleAtFixedRate(
                                this::pingIfIdle, tickMillis, tickMillis, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> pings.cancel(false));
    }

    /** Which welcome of this client it has had, from 1. */
    void number(long welcome) {
        welcomeNumber = welcome;
    }

    /** What the daemon said to the greeting. */
    Welcome welcome() {
        return welcome;
    }

    /** The pool only, under its lock. */
    void addUser() {
        users++;
    }

    /** The pool only, under its lock. */
    void removeUser() {
        users--;
    }

    /** The pool only, under its lock. */
    int userCount() {
        return users;
    }

    /** Something was not answered in time: nobody new should use it. */
    void suspect() {
        suspect = true;
    }

    /** Nothing can be sent any more. Its end, and what is said of it, comes within a second. */
    void mute() {
        suspect();
        isMute = true;
    }

    /** Whether nobody new should use it: it is suspect, or the daemon behind it is going away. */
    boolean isRetired() {
        return suspect || leaving;
    }

    boolean isLost() {
        return lost != null || !channel.isActive();
    }

    /**
     * Nothing that is sent from here on gets anywhere once it is lost, which shows here before the
     * exchanges hear of it. Where nothing can be sent already this waits for the end.
     *
     * @throws PramException as of a call that has changed nothing
     */
    void requireNotLost(Call call) {
        ConnectionLost why = isMute ? end.join() : lost;
        if (why != null) {
            throw Effect.NONE.lost(call, why);
        }
    }

    /**
     * As {@link #requireNotLost}, but for what a daemon that is gone has sent before.
     *
     * @throws NotSentException EBADF
     */
    void requireClientOpen(Call call) {
        ConnectionLost why = lost;
        if (why != null && why.isEndOfClient()) {
            throw Effect.NONE.lost(call, why);
        }
    }

    /** Sends one request and returns what waits for its answer. */
    CompletableFuture<Message> request(Message request, Exchange exchange) {
        CompletableFuture<Message> answer = exchange.expect(request.type());
        long id = open(request, exchange);
        answer.whenComplete((message, failure) -> forget(id));
        return answer;
    }

    /** Sends a request under a fresh id. */
    private long open(Message first, Exchange exchange) {
        long id = openLater(first, exchange);
        flush();
        return id;
    }

    /** Begins a stream under a fresh id; its first message waits for {@link #flush()}. */
    long openLater(Message first, Exchange exchange) {
        synchronized (this) { // ids reach the daemon in increasing order
            long id = ++lastId;
            exchanges.put(id, exchange);
            write(MessageCodec.encode(channel.alloc(), id, first), channel.newPromise(), false);
            failIfLost(exchange);
            return id;
        }
    }

    /** Sends what waits. */
    void flush() {
        sentSincePing = true;
        channel.flush();
    }

    /** Sends a further message of a stream. */
    CompletableFuture<Message> request(long id, Message request, Exchange exchange) {
        CompletableFuture<Message> answer = exchange.expect(request.type());
        send(MessageCodec.encode(channel.alloc(), id, request));
        return answer;
    }

    /** Sends a message of a stream that has no answer of its own. */
    void send(long id, Message message) {
        send(MessageCodec.encode(channel.alloc(), id, message));
    }

    /** Sends a packet, taking it over. Progress within the packet is the exchange's. */
    ChannelFuture send(ByteBuf packet, Exchange exchange) {
        sentSincePing = true;
        return write(packet, progressOf(exchange), true);
    }

    /** The same, but the packet may wait for the next one. */
    ChannelFuture sendLater(ByteBuf packet, Exchange exchange) {
        return write(packet, progressOf(exchange), false);
    }

    /**
     * Told by whoever completes it: who waits for it must hear of it behind the loop's end, too.
     */
    private ChannelProgressivePromise progressOf(Exchange exchange) {
        return new DefaultChannelProgressivePromise(channel, ImmediateEventExecutor.INSTANCE)
                .addListener(new ProgressListener(exchange));
    }

    /** The id is done with; what still comes for it is dropped. */
    void forget(long id) {
        exchanges.remove(id);
    }

    void close() {
        lose(ConnectionLost.closedHere());
    }

    void lose(ConnectionLost why) {
        boolean first;
        synchronized (this) {
            first = lost == null;
            if (first) {
                lost = why;
            }
        }
        end.complete(lost);
        channel.close();
        if (first && welcome != null && !why.isOwnDoing()) {
            listeners.lost(why.getMessage()); // before any call ends, or is tried again, over it
        }
        onLoop(() -> exchanges.values().forEach(exchange -> exchange.onLost(lost)));
    }

    /** Runs a task where answers are received: at once when called from there. */
    void onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
            return;
        }
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // the loop has ended: nothing runs beside this thread any more
        }
    }

    private void send(ByteBuf packet) {
        sentSincePing = true;
        write(packet, channel.newPromise(), true);
    }

    /** Sends a packet, now or with the next flush, taking it over. Never throws. */
    private ChannelFuture write(ByteBuf packet, ChannelPromise promise, boolean now) {
        try {
            return now ? channel.writeAndFlush(packet, promise) : channel.write(packet, promise);
        } catch (RejectedExecutionException e) {
            // the client was closed and its loops have ended; the channel has not taken the packet
            packet.release();
            promise.tryFailure(new ClosedChannelException());
            return promise;
        }
    }

    private void failIfLost(Exchange exchange) {
        if (lost != null) {
            onLoop(() -> exchange.onLost(lost));
        }
    }

    private void pingIfIdle() {
        if (!sentSincePing && !isLost()) {
            request(new Ping(), new Exchange());
        }
        sentSincePing = false;
    }

    @Override
    public void onNotPreface(ByteBuf firstBytes) {
        lose(new ConnectionLost("what listens there is no pramd", null));
    }

    @Override
    public Verdict onHeader(PacketHeader header) {
        return exchanges.containsKey(header.id()) ? Verdict.ACCEPT : Verdict.SKIP;
    }

    @Override
    public void onPacket(PacketHeader header, ByteBuf payload) {
        Message message = MessageCodec.decode(header, payload);
        if (message instanceof GoingAway away) {
            leaving = true;
            departure.said(welcomeNumber, away.retryAfterMillis());
            return;
        }
        Exchange exchange = exchanges.get(header.id());
        if (exchange != null && message instanceof BadPages bad) {
            exchange.onBadPages(header, bad);
        } else if (exchange != null && message instanceof FramesAre frames) {
            exchange.onFrames(header, frames);
        } else if (exchange != null) {
            exchange.onMessage(message);
        }
        if (message instanceof ErrorReply error && error.closing()) {
            lose(
                    leaving && error.errno() == Errno.EAGAIN
                            ? ConnectionLost.goneAway(error)
                            : ConnectionLost.closedByDaemon(error, isFinal(error)));
        }
    }

    /** Whether the daemon would end the next connection in the same way. */
    private boolean isFinal(ErrorReply closing) {
        return switch (closing.errno()) {
            case EACCES -> true;
            case EINVAL -> !welcomed.isDone(); // else it was something that was sent since
            default -> false;
        };
    }

    @Override
    public PageSink onPages(PacketHeader header, int pageCount, ByteBuf table) {
        Exchange exchange = exchanges.get(header.id());
        return exchange == null ? null : exchange.onPages(header, pageCount, table);
    }

    @Override
    public void onUnreadable(PacketHeader header, DecodeException e) {
        lose(new ConnectionLost("the daemon breaks the protocol: " + e.getMessage(), e));
    }
}
