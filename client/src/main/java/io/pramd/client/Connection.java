package io.pramd.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelProgressivePromise;
import io.pramd.protocol.DecodeException;
import io.pramd.protocol.ErrorReply;
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
import java.time.Duration;
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
    private final Map<Long, Exchange> exchanges = new ConcurrentHashMap<>();
    private final Exchange handshake = new Exchange();
    private final CompletableFuture<Message> welcomed = handshake.expect(MessageType.HELLO);
    private volatile ConnectionLost lost;
    private volatile boolean sentSincePing;
    private long lastId;

    Connection(Channel channel) {
        this.channel = channel;
        exchanges.put(CONNECTION_ID, handshake);
    }

    /** Says hello and waits for the welcome. */
    Welcome greet(String agent, Duration patience) {
        ByteBuf greeting = channel.alloc().directBuffer();
        Preface.write(greeting);
        MessageCodec.write(greeting, CONNECTION_ID, Hello.of(agent));
        channel.writeAndFlush(greeting);
        Welcome welcome =
                (Welcome) Answers.await(welcomed, handshake, patience, Effect.NONE, "handshake");
        long tickMillis = Math.max(1, welcome.idleMillis() / PINGS_PER_IDLE);
        channel.eventLoop()
                .scheduleAtFixedRate(
                        this::pingIfIdle, tickMillis, tickMillis, TimeUnit.MILLISECONDS);
        return welcome;
    }

    boolean isLost() {
        return lost != null || !channel.isActive();
    }

    /** Sends one request and returns what waits for its answer. */
    CompletableFuture<Message> request(Message request, Exchange exchange) {
        CompletableFuture<Message> answer = exchange.expect(request.type());
        long id = open(request, exchange);
        answer.whenComplete((message, failure) -> forget(id));
        return answer;
    }

    /** Sends the first message of a stream, or a request, under a fresh id. */
    long open(Message first, Exchange exchange) {
        synchronized (this) { // ids reach the daemon in increasing order
            long id = ++lastId;
            exchanges.put(id, exchange);
            send(MessageCodec.encode(channel.alloc(), id, first));
            failIfLost(exchange);
            return id;
        }
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
        return channel.writeAndFlush(packet, progressOf(exchange));
    }

    /** The same, but the packet may wait for the next one. */
    ChannelFuture sendLater(ByteBuf packet, Exchange exchange) {
        return channel.write(packet, progressOf(exchange));
    }

    private ChannelProgressivePromise progressOf(Exchange exchange) {
        return channel.newProgressivePromise().addListener(new ProgressListener(exchange));
    }

    /** The id is done with; what still comes for it is dropped. */
    void forget(long id) {
        exchanges.remove(id);
    }

    void close() {
        lose(new ConnectionLost("closed by this client", null));
    }

    void lose(ConnectionLost why) {
        synchronized (this) {
            if (lost == null) {
                lost = why;
            }
        }
        channel.close();
        onLoop(() -> exchanges.values().forEach(exchange -> exchange.onLost(lost)));
    }

    private void onLoop(Runnable task) {
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
        channel.writeAndFlush(packet);
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
        Exchange exchange = exchanges.get(header.id());
        if (exchange != null) {
            exchange.onMessage(message);
        }
        if (message instanceof ErrorReply error && error.closing()) {
            lose(
                    new ConnectionLost(
                            "closed by the daemon: " + error.errno() + ": " + error.text(), null));
        }
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
