package io.pramd.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.RecvByteBufAllocator;
import java.util.ArrayDeque;
import java.util.function.IntConsumer;

/**
 * Event loop only. Splits received bytes into packets; page data of large PAGES packets is received
 * straight into memory that the sink names.
 *
 * <p>For direct receiving the channel's {@code RecvByteBufAllocator} must be {@link
 * #receiveAllocator()}. Without it (TLS, an {@code EmbeddedChannel}) everything comes through small
 * buffers and is copied once.
 */
public final class PacketReader extends ChannelInboundHandlerAdapter {
    /** Size of the small buffers, and the least page data that is received directly. */
    static final int SMALL_BUFFER_BYTES = 16 * 1024;

    /**
     * Into shorter windows bytes are copied: a system call for each costs more. Measured with
     * single frames, and with 64 KiB, where both ways cost the same.
     */
    private static final int WINDOW_BYTES_MIN = 64 * 1024;

    /** Received at once to be copied: no more than stays in a core's cache. */
    private static final int COPIED_BYTES_MAX = 128 * 1024;

    private enum State {
        PREFACE,
        HEADER,
        DECIDE,
        BODY,
        PAGES_TABLE,
        PAGES_DATA,
        SKIP,
        STOPPED
    }

    /** Whether a step moved on. */
    private enum Step {
        PROGRESS,
        NEEDS_BYTES,
        PAUSED
    }

    private final PacketSink sink;
    private final PacketLimits limits;
    private final ReceiveAllocator receiveAllocator = new ReceiveAllocator(this);
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
    private final ReadTurn turn = new ReadTurn();
    private final Gathering gathering = new Gathering();

    private ReceiveMark mark; // null: any byte wakes
    private State state = State.PREFACE;
    private ChannelHandlerContext context;
    private boolean paused;
    private boolean draining;
    private PacketHeader header;
    private PageSink pages;
    private long bytesLeft;

    public PacketReader(PacketSink sink, PacketLimits limits) {
        this.sink = sink;
        this.limits = limits;
    }

    /**
     * To be set on the channel's config, for this channel alone, where the kernel may receive into
     * the sink's memory.
     */
    public RecvByteBufAllocator receiveAllocator() {
        return receiveAllocator;
    }

    /** Has the socket wake this reader for much page data at a time; {@code setter} tells it. */
    public void markWith(IntConsumer setter) {
        mark = new ReceiveMark(setter);
    }

    /** The loop is about to wait for more bytes. */
    void willWait() {
        if (mark != null) {
            mark.waitFor(state == State.PAGES_DATA ? bytesLeft : 0);
        }
    }

    /** Stops reading before the next step; bytes that have come already are kept. */
    public void pause() {
        turn.forget();
        if (!paused && state != State.STOPPED) {
            paused = true;
            context.channel().config().setAutoRead(false);
        }
    }

    /** Whether reading waits for {@link #resume()}. */
    public boolean isPaused() {
        return paused;
    }

    /**
     * Goes on exactly where reading paused. Without effect when it has not, or rests by itself: it
     * will go on by itself, too.
     */
    public void resume() {
        if (!paused || turn.isResting()) {
            return;
        }
        paused = false;
        try {
            drain();
        } catch (RuntimeException e) {
            context.fireExceptionCaught(e); // the caller knows nothing of this packet
        }
        if (!paused) {
            context.channel().config().setAutoRead(true);
        }
    }

    /**
     * Drops what has not come yet of the packet being read; no {@link PageSink#complete()} will
     * follow. A paused reader still waits for {@link #resume()}.
     */
    public void skipRest() {
        if (state == State.PAGES_DATA) {
            pages = null;
            state = State.SKIP;
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        gathering.useAllocator(ctx.alloc());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf in = (ByteBuf) msg;
        if (receiveAllocator.takeWindow(in)) {
            int bytes = in.readableBytes();
            in.release();
            received(bytes);
        } else {
            waiting.add(in);
            drain();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stop();
    }

    /** What the next bytes from the socket should be received into; null for a small buffer. */
    ByteBuf nextWindow() {
        if (state != State.PAGES_DATA
                || paused
                || !waiting.isEmpty()
                || bytesLeft < SMALL_BUFFER_BYTES) {
            return null;
        }
        ByteBuf window = pages.window((int) bytesLeft);
        if (window != null && window.capacity() < Math.min(bytesLeft, WINDOW_BYTES_MIN)) {
            window.release();
            return null;
        }
        return window;
    }

    /** How much to receive where there is no window. */
    int bufferBytes() {
        return state == State.PAGES_DATA && waiting.isEmpty()
                ? (int) Math.min(Math.max(bytesLeft, SMALL_BUFFER_BYTES), COPIED_BYTES_MAX)
                : SMALL_BUFFER_BYTES;
    }

    private void received(int bytes) {
        if (state == State.PAGES_DATA) {
            bytesLeft -= bytes;
            pages.received(bytes);
            completeIfWhole();
        } else if (state == State.SKIP) {
            bytesLeft -= bytes; // the sink gave the packet up while the kernel wrote to its window
        }
        drain();
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        turn.begin();
        try {
            drainWaiting();
        } catch (RuntimeException | Error e) {
            state = State.STOPPED;
            throw e;
        } finally {
            draining = false;
            if (state == State.STOPPED) {
                release();
            }
        }
    }

    private void drainWaiting() {
        while (!paused && state != State.STOPPED) {
            ByteBuf in = waiting.isEmpty() ? Unpooled.EMPTY_BUFFER : waiting.peek();
            Step step = step(in);
            if (step == Step.PAUSED) {
                pause();
            } else if (step == Step.NEEDS_BYTES && waiting.isEmpty()) {
                return;
            }
            if (!in.isReadable() && !waiting.isEmpty()) {
                waiting.remove().release();
            }
            if (turn.isOver() && state == State.HEADER && !paused) {
                pause();
                turn.rest(context.executor(), this::resume);
            }
        }
    }

    private Step step(ByteBuf in) {
        try {
            return switch (state) {
                case PREFACE -> stepPreface(in);
                case HEADER -> stepHeader(in);
                case DECIDE -> stepDecide();
                case BODY -> stepBody(in);
                case PAGES_TABLE -> stepTable(in);
                case PAGES_DATA -> stepData(in);
                case SKIP -> stepSkip(in);
                case STOPPED -> Step.NEEDS_BYTES;
            };
        } catch (DecodeException e) {
            return refuse(e);
        }
    }

    private Step stepPreface(ByteBuf in) {
        ByteBuf preface = gathering.take(in, Preface.BYTES);
        if (preface == null) {
            return Step.NEEDS_BYTES;
        }
        if (Preface.matches(preface)) {
            state = State.HEADER;
        } else {
            state = State.STOPPED;
            sink.onNotPreface(preface);
        }
        gathering.drop();
        return Step.PROGRESS;
    }

    private Step stepHeader(ByteBuf in) {
        ByteBuf bytes = gathering.take(in, PacketHeader.BYTES);
        if (bytes == null) {
            return Step.NEEDS_BYTES;
        }
        header = PacketHeader.read(bytes);
        turn.packet(header.type());
        gathering.drop();
        bytesLeft = header.length();
        limits.verify(header);
        state = State.DECIDE;
        return Step.PROGRESS;
    }

    private Step stepDecide() {
        PacketSink.Verdict verdict = sink.onHeader(header);
        switch (verdict) {
            case ACCEPT ->
                    state = header.type() == MessageType.PAGES ? State.PAGES_TABLE : State.BODY;
            case SKIP -> state = State.SKIP;
            case STOP -> state = State.STOPPED;
            case WAIT -> {
                return Step.PAUSED;
            }
        }
        return Step.PROGRESS;
    }

    private Step stepBody(ByteBuf in) {
        ByteBuf body = gathering.take(in, (int) bytesLeft);
        if (body == null) {
            return Step.NEEDS_BYTES;
        }
        bytesLeft = 0;
        state = State.HEADER;
        try {
            sink.onPacket(header, body);
        } finally {
            gathering.drop();
        }
        return Step.PROGRESS;
    }

    private Step stepTable(ByteBuf in) {
        int pageCount = (int) (header.length() / WireLimits.PAGE_WITH_ENTRY_BYTES);
        ByteBuf table = gathering.take(in, PagesPacket.tableBytes(pageCount));
        if (table == null) {
            return Step.NEEDS_BYTES;
        }
        bytesLeft = (long) pageCount * WireLimits.PAGE_BYTES;
        state = State.SKIP;
        try {
            pages = sink.onPages(header, pageCount, table);
        } finally {
            gathering.drop();
        }
        if (pages != null && state == State.SKIP) {
            state = State.PAGES_DATA;
            completeIfWhole();
        }
        return Step.PROGRESS;
    }

    private Step stepData(ByteBuf in) {
        int bytesMax = (int) Math.min(bytesLeft, in.readableBytes());
        if (bytesMax == 0) {
            return Step.NEEDS_BYTES;
        }
        int bytes = pages.copy(in, bytesMax);
        if (state == State.PAGES_DATA && bytes == 0) {
            return Step.PAUSED;
        }
        bytesLeft -= bytes;
        completeIfWhole();
        return Step.PROGRESS;
    }

    private Step stepSkip(ByteBuf in) {
        int bytes = (int) Math.min(bytesLeft, in.readableBytes());
        in.skipBytes(bytes);
        bytesLeft -= bytes;
        if (bytesLeft > 0) {
            return Step.NEEDS_BYTES;
        }
        state = State.HEADER;
        return Step.PROGRESS;
    }

    private void completeIfWhole() {
        if (state == State.PAGES_DATA && bytesLeft == 0) {
            PageSink whole = pages;
            pages = null;
            state = State.HEADER;
            whole.complete();
        }
    }

    private Step refuse(DecodeException e) {
        if (state != State.STOPPED) {
            state = e.isClosing() ? State.STOPPED : State.SKIP;
        }
        sink.onUnreadable(header, e);
        return Step.PROGRESS;
    }

    private void stop() {
        state = State.STOPPED;
        if (!draining) {
            release(); // while draining a callback may still be reading from these buffers
        }
    }

    private void release() {
        pages = null;
        gathering.drop();
        while (!waiting.isEmpty()) {
            waiting.remove().release();
        }
    }
}
