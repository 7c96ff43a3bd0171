package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pramd.daemon.server.ServerBytes.Answer;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.Message;
import io.pramd.protocol.Welcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One owner: a session without a socket. With a store that works on the caller's thread everything
 * has happened when a method returns.
 */
final class EmbeddedClient implements AutoCloseable {
    /** More than a reader ever rests. */
    private static final long REST_MILLIS = 10;

    private static final ListenAddress LISTENER = ListenAddress.parse("pram://127.0.0.1");

    private final EmbeddedChannel channel;
    private final ServerBytes server = new ServerBytes();
    private final HeldWrites heldWrites = new HeldWrites();

    /** A connection that has sent nothing. */
    EmbeddedClient(Sessions sessions) {
        this(sessions, UnpooledByteBufAllocator.DEFAULT);
    }

    /** The same, whose session has its memory from here. */
    EmbeddedClient(Sessions sessions, ByteBufAllocator allocator) {
        this(sessions, allocator, LISTENER);
    }

    /** The same, of that listener. */
    EmbeddedClient(Sessions sessions, ByteBufAllocator allocator, ListenAddress listener) {
        channel =
                new EmbeddedChannel(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel child) {
                                child.config().setAllocator(allocator);
                                child.pipeline().addLast(heldWrites);
                                Session.attach(child, sessions, listener);
                            }
                        });
        channel.freezeTime();
    }

    /** A connection that has been greeted. */
    static EmbeddedClient greeted(Sessions sessions) {
        EmbeddedClient client = new EmbeddedClient(sessions);
        client.send(ClientBytes.greeting());
        assertThat(client.next().message()).isInstanceOf(Welcome.class);
        return client;
    }

    /** The same of a client that knows no feature. */
    static EmbeddedClient simple(Sessions sessions) {
        EmbeddedClient client = new EmbeddedClient(sessions);
        client.send(ClientBytes.greeting(0));
        client.next(0, Welcome.class);
        return client;
    }

    EmbeddedClient send(ClientBytes bytes) {
        return send(bytes.bytes(), 0, Integer.MAX_VALUE);
    }

    /** Sends the part of the bytes between two places. */
    EmbeddedClient send(byte[] bytes, int from, int to) {
        int count = Math.min(to, bytes.length) - from;
        ByteBuf in = Unpooled.directBuffer(Math.max(1, count));
        channel.writeInbound(in.writeBytes(bytes, from, count));
        return this;
    }

    EmbeddedClient sendByteByByte(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            send(bytes, i, i + 1);
        }
        return this;
    }

    /** The next packet; there must be one. */
    Answer next() {
        Answer answer = poll();
        assertThat(answer).as("an answer").isNotNull();
        return answer;
    }

    /** The next packet is this answer to this id. */
    <M extends Message> M next(long id, Class<M> type) {
        Answer answer = next();
        assertThat(answer.message()).isInstanceOf(type);
        assertThat(answer.id()).isEqualTo(id);
        return type.cast(answer.message());
    }

    /** The next packet is this error about this id. */
    ErrorReply nextError(long id, Errno errno) {
        ErrorReply error = next(id, ErrorReply.class);
        assertThat(error.errno()).as(error.text()).isEqualTo(errno);
        return error;
    }

    List<Answer> all() {
        List<Answer> all = new ArrayList<>();
        for (Answer answer = poll(); answer != null; answer = poll()) {
            all.add(answer);
        }
        return all;
    }

    /** All answers, however often the reader rests between them. */
    List<Answer> allBehindRests(int rests) {
        List<Answer> all = all();
        for (int rest = 0; rest < rests; rest++) {
            passMillis(REST_MILLIS);
            all.addAll(all());
        }
        return all;
    }

    void expectNothing() {
        assertThat(poll()).isNull();
    }

    /** What came that is not of this protocol. */
    byte[] rawOutput() {
        runTasks();
        byte[] raw = {};
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            byte[] longer = Arrays.copyOf(raw, raw.length + out.readableBytes());
            out.readBytes(longer, raw.length, out.readableBytes());
            out.release();
            raw = longer;
        }
        return raw;
    }

    String rawText() {
        return new String(rawOutput(), StandardCharsets.US_ASCII);
    }

    boolean isOpen() {
        runTasks();
        return channel.isOpen();
    }

    /** Everything is done when it is due. */
    void passMillis(long millis) {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        while (left > 0) {
            long untilDue = channel.runScheduledPendingTasks(); // negative: nothing is
            long step = untilDue <= 0 ? left : Math.min(left, untilDue);
            channel.advanceTimeBy(step, TimeUnit.NANOSECONDS);
            runTasks();
            left -= step;
        }
    }

    /** The loop does nothing for so long; what became due meanwhile is done behind it. */
    void standStill(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        runTasks();
    }

    void runTasks() {
        channel.runPendingTasks();
        channel.runScheduledPendingTasks();
        channel.checkException();
    }

    /** As if the kernel took nothing more. */
    EmbeddedClient holdWrites() {
        heldWrites.holding = true;
        return this;
    }

    /** Whether there is room for what is to be sent, as the session sees it. */
    EmbeddedClient hasRoom(boolean isWritable) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, isWritable);
        runTasks();
        return this;
    }

    /** The kernel takes everything again. */
    EmbeddedClient takeWrites() {
        heldWrites.letGo();
        return this;
    }

    /** The connection breaks. */
    void breakOff() {
        channel.close();
        channel.runPendingTasks();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
        server.close();
    }

    /** Whether something has come that was not read. */
    boolean hasMore() {
        runTasks();
        return !channel.outboundMessages().isEmpty();
    }

    private Answer poll() {
        runTasks();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            server.add(out);
        }
        return server.poll();
    }
}
