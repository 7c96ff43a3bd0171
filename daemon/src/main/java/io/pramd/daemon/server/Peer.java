package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.Preface;
import io.pramd.protocol.WireLimits;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Event loop only: the client at the other end, as those see it who have something to tell it. */
final class Peer {
    /** Stands in a header for the connection itself. */
    static final long CONNECTION_ID = 0;

    /** Answers gathered for one write begin with so much room, and go out when they are so many. */
    private static final int ANSWERS_BYTES_FIRST = 512;

    private static final int ANSWERS_BYTES = 16 << 10;

    /**
     * Writes of answers that the kernel has not taken. Inside TLS each takes 16 KiB, however short.
     */
    private static final int ANSWER_WRITES_QUEUED_MAX = 1024;

    /** Records of TLS that wait for the kernel: of who is known more than answers and pages are. */
    private static final int RECORDS_UNSENT_MAX = 8192;

    /** The same of who is not, who has only a handshake to be sent. */
    private static final int STRANGERS_RECORDS_UNSENT_MAX = 64;

    private final Channel channel;
    private final ServerLimits limits;
    private final Runnable onDrained;
    final ConnectionLog log;
    private long packetBytesMax = WireLimits.PACKET_BYTES_MAX_LEAST;
    private long features;
    private long answerBytesQueued;
    private int answerWritesQueued;
    // not handed to the channel yet: what is answered in a turn goes out as one piece
    private ByteBuf answers;
    private int workOpen;
    private boolean prefaceSent;
    private boolean flushScheduled;
    private boolean ending;
    private boolean encrypted;

    /**
     * @param onDrained run when a backlog of answers is gone, or the last work is done
     */
    Peer(Channel channel, ServerLimits limits, ConnectionLog log, Runnable onDrained) {
        this.channel = channel;
        this.limits = limits;
        this.log = log;
        this.onDrained = onDrained;
    }

    ServerLimits limits() {
        return limits;
    }

    /** The largest payload that the client takes. */
    long packetBytesMax() {
        return packetBytesMax;
    }

    void packetBytesMax(long bytes) {
        packetBytesMax = Math.min(bytes, WireLimits.PACKET_BYTES_MAX);
    }

    /** Whether what is sent passes through TLS. */
    boolean isEncrypted() {
        return encrypted;
    }

    void encrypted() {
        encrypted = true;
    }

    /** Whether both sides have said that they can do it. */
    boolean has(long feature) {
        return (features & feature) != 0;
    }

    void features(long inForce) {
        features = inForce;
    }

    /** A stream or request begins that must be answered before a draining connection may end. */
    void begin() {
        workOpen++;
    }

    /** Its last answer has been written. */
    void end() {
        workOpen--;
        if (workOpen == 0) {
            onDrained.run();
        }
    }

    boolean hasWork() {
        return workOpen > 0;
    }

    /** A buffer of this size, to be sent. */
    ByteBuf buffer(int bytes) {
        return channel.alloc().ioBuffer(bytes, bytes);
    }

    /** Sends our preface, once. */
    void greet() {
        if (!prefaceSent) {
            prefaceSent = true;
            writeAnswers();
            channel.write(Preface.buffer());
        }
    }

    void answer(long id, Message message) {
        answerLazily(id, message);
        flushSoon();
    }

    /** Answers what nobody waits for, beside what is answered next. */
    void answerLazily(long id, Message message) {
        gather(ANSWERS_BYTES_FIRST, out -> MessageCodec.write(out, id, message));
    }

    /**
     * Sends a PAGES packet of few pages beside the answers around it.
     *
     * @param bytes of the whole packet
     * @param packet writes them; if it fails nothing is sent
     */
    void answerPages(int bytes, Consumer<ByteBuf> packet) {
        gather(Math.max(bytes, ANSWERS_BYTES), packet);
        flushSoon();
    }

    private void gather(int bytesFirst, Consumer<ByteBuf> packet) {
        if (answers == null) {
            answers = channel.alloc().ioBuffer(bytesFirst);
        }
        int end = answers.writerIndex();
        try {
            packet.accept(answers);
        } catch (RuntimeException | Error e) {
            answers.writerIndex(end); // half a packet must not go out
            flushSoon();
            throw e;
        }
        answered(answers.writerIndex() - end);
    }

    /** The same answer to some requests, encoded once. */
    void answerAll(Collection<Long> ids, Message message) {
        ByteBuf packet = MessageCodec.encode(channel.alloc(), CONNECTION_ID, message);
        try {
            ids.forEach(id -> answer(id, packet));
        } finally {
            packet.release();
        }
    }

    private void answer(long id, ByteBuf packet) {
        writeAnswers(); // large ones are not copied together
        ByteBuf copy = MessageCodec.copyFor(id, packet);
        int bytes = copy.readableBytes();
        write(copy, bytes);
        answerBytesQueued += bytes;
        flushSoon();
    }

    private void answered(int bytes) {
        answerBytesQueued += bytes;
        if (answers.readableBytes() >= ANSWERS_BYTES) {
            writeAnswers();
        }
    }

    /** Before anything else is written. */
    private void writeAnswers() {
        if (answers != null) {
            ByteBuf all = answers;
            answers = null;
            write(all, all.readableBytes());
        }
    }

    private void write(ByteBuf answer, int bytes) {
        answerWritesQueued++;
        channel.write(answer).addListener(done -> answerWritten(bytes));
    }

    void refuse(long id, MessageType answers, Throwable failure) {
        answer(id, Answers.error(answers, failure, log));
    }

    /** Whether the client leaves so many answers untaken that it must not ask for more. */
    boolean isBacklogged() {
        return answerBytesQueued > limits.answerBytesQueuedMax()
                || answerWritesQueued > ANSWER_WRITES_QUEUED_MAX;
    }

    /**
     * Whether TLS itself has so much unsent that the client must be asking for it: each change of
     * keys that it wants is answered, below all that counts answers here.
     *
     * @param isKnown whether it is known who is there
     */
    boolean isClogged(boolean isKnown) {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        int recordsMax = isKnown ? RECORDS_UNSENT_MAX : STRANGERS_RECORDS_UNSENT_MAX;
        return unsent != null && unsent.size() > recordsMax;
    }

    /** Whether page data may be sent on. */
    boolean isWritable() {
        return channel.isWritable();
    }

    /**
     * Sends a PAGES packet.
     *
     * @param head header and table; released
     * @param pages page data, released; their memory must stay as it is until {@code whenDone}
     * @param whenDone run when the kernel has taken, or will never take, the last byte
     */
    void sendPages(ByteBuf head, List<ByteBuf> pages, Runnable whenDone) {
        writeAnswers();
        ChannelFuture last = channel.write(head);
        for (ByteBuf run : pages) {
            last = channel.write(run);
        }
        last.addListener(done -> whenDone.run());
        flushSoon();
    }

    /**
     * Calls the store and hands the answer over on the event loop: at once where it is there at
     * once.
     *
     * @param then gets a value or a failure, also when the connection is gone by then
     */
    <T> CompletableFuture<T> ask(
            Supplier<CompletableFuture<T>> call, BiConsumer<T, Throwable> then) {
        CompletableFuture<T> answer;
        try {
            answer = call.get();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        if (answer.isDone()) {
            deliver(answer, then);
        } else {
            CompletableFuture<T> later = answer;
            later.whenComplete((value, failure) -> execute(() -> deliver(later, then)));
        }
        return answer;
    }

    private static <T> void deliver(CompletableFuture<T> answer, BiConsumer<T, Throwable> then) {
        T value = null;
        Throwable failure = null;
        try {
            value = answer.join();
        } catch (CancellationException | CompletionException e) {
            failure = e;
        }
        then.accept(value, failure);
    }

    /** Runs on the event loop, so much later, unless it is cancelled. */
    Future<?> later(long millis, Runnable task) {
        return channel.eventLoop().schedule(() -> runGuarded(task), millis, TimeUnit.MILLISECONDS);
    }

    /** Runs on the event loop, later. From any thread. */
    void execute(Runnable task) {
        try {
            channel.eventLoop().execute(() -> runGuarded(task));
        } catch (RejectedExecutionException e) {
            task.run(); // the loops have ended, and nobody else looks at this connection any more
        }
    }

    /**
     * Runs when the loop has done all that waits to be done, before it looks at its sockets again.
     * What it has the loop do in turn comes behind that look, however much it is.
     */
    void nextTurn(Runnable task) {
        if (!(channel.eventLoop() instanceof SingleThreadEventLoop loop)) {
            execute(task);
            return;
        }
        try {
            loop.executeAfterEventLoopIteration(() -> runGuarded(task));
        } catch (RejectedExecutionException e) {
            task.run(); // as in execute
        }
    }

    private void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            // an event loop would only log it, and the client wait for its answer for ever
            channel.pipeline().fireExceptionCaught(e);
        }
    }

    /**
     * All that was written so far goes out when the loop has done what waits to be done: behind the
     * commit of what this turn's packets have finished, so that a save is answered in one piece.
     */
    void flushSoon() {
        if (!flushScheduled) {
            flushScheduled = true;
            nextTurn(this::flush);
        }
    }

    private void flush() {
        if (flushScheduled) {
            flushScheduled = false;
            writeAnswers();
            channel.flush();
        }
    }

    /** Says why and ends the connection; what the client still sends is not heard. */
    void endWith(ErrorReply reply) {
        if (!ending) {
            greet();
            answer(CONNECTION_ID, reply.andClose());
            end(Unpooled.EMPTY_BUFFER);
        }
    }

    /** Sends the last bytes of this connection, which need not be packets. Released. */
    void end(ByteBuf lastBytes) {
        ending = true;
        writeAnswers();
        channel.writeAndFlush(lastBytes).addListener(done -> linger());
    }

    boolean isEnding() {
        return ending;
    }

    private void answerWritten(int bytes) {
        boolean wasBacklogged = isBacklogged();
        answerBytesQueued -= bytes;
        answerWritesQueued--;
        if (wasBacklogged && !isBacklogged()) {
            onDrained.run();
        }
    }

    /**
     * A socket closed over bytes that nobody read is reset, and a reset destroys what the peer has
     * not read yet: our last words. So the peer is given a moment to close first.
     */
    private void linger() {
        if (channel instanceof DuplexChannel duplex && limits.lingerMillis() > 0) {
            SslHandler tls = channel.pipeline().get(SslHandler.class);
            if (tls == null) {
                duplex.shutdownOutput();
            } else {
                channel.pipeline().addFirst(new Deaf());
                tls.closeOutbound().addListener(done -> duplex.shutdownOutput());
            }
            channel.eventLoop()
                    .schedule(() -> channel.close(), limits.lingerMillis(), TimeUnit.MILLISECONDS);
        } else {
            channel.close();
        }
    }
}
