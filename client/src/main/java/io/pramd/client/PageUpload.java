package io.pramd.client;

import io.pramd.protocol.Discard;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Features;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One owner: a save, from its prepare to its finish or discard. */
final class PageUpload {
    private enum State {
        OPEN,
        FINISHED,
        DISCARDED
    }

    private static final int PAGE_BYTES = WireLimits.PAGE_BYTES;
    private static final long UNKNOWN = -1;

    private final long beginNanos = System.nanoTime();
    private final Connections connections;
    private final StreamType type;
    private final SaveOptions options;
    private final SaveId saveId;
    private final Call call;
    private final boolean isWholeCall;
    private final Exchange exchange = new Exchange();
    private final CompletableFuture<Message> opened = exchange.expect(MessageType.PREPARE_SAVE);
    private final Connection connection;
    private final OutgoingPages pages;
    private final long id;
    private State state = State.OPEN;
    private PramException failure;
    private boolean released;
    private long end = UNKNOWN;

    /**
     * Begins a save without waiting for the daemon's answer, so that a small one travels in one
     * write.
     */
    private PageUpload(
            Connections connections,
            StreamType type,
            SaveOptions options,
            Call call,
            boolean isWholeCall) {
        this.connections = connections;
        this.isWholeCall = isWholeCall;
        this.type = type;
        this.options = options;
        this.call = call;
        saveId = options.saveId();
        connection = connections.saves().take(call);
        requireOffered();
        pages = new OutgoingPages(connection, exchange, connections.buffers(), call);
        id = connection.openLater(prepare(), exchange);
        pages.belongTo(id);
    }

    /** A node that is to go must not stay for ever. */
    private void requireOffered() {
        if (ttlMillis() != 0 && !isOffered(Features.TIME_TO_LIVE)) {
            connections.saves().giveBack(connection);
            throw RejectedException.invalid(
                    "the daemon is too old to give a node a time to live: " + call);
        }
    }

    private boolean isOffered(long feature) {
        return (connection.welcome().features() & feature) != 0;
    }

    /** Of a copy too, where the daemon does not take dates. */
    private long ttlMillis() {
        if (options.expires() == null || isOffered(Features.DATES)) {
            return options.ttlMillis();
        }
        long left = options.expires().toEpochMilli() - System.currentTimeMillis();
        return Math.max(1, Math.min(left, WireLimits.TTL_MILLIS_MAX));
    }

    /** Opens a save: returns once the name is the saver's. */
    static PageUpload open(
            Connections connections, String name, StreamType type, SaveOptions options) {
        Call call = call(connections, name, options);
        long beginNanos = System.nanoTime();
        SaveAttempts attempts = new SaveAttempts(connections, options, call);
        try {
            while (true) {
                try {
                    PageUpload upload =
                            new PageUpload(connections, type, attempts.next(), call, true);
                    upload.awaitOpened();
                    return upload;
                } catch (PramException e) {
                    attempts.pauseOrThrow(e);
                }
            }
        } catch (PramException e) {
            connections.listeners().ended(call, PramListener.Result.of(e), 0, beginNanos);
            throw e;
        }
    }

    /**
     * Begins one attempt of a save: whether the name is the saver's shows later, at the finish at
     * the latest. How the call ends is told by the caller.
     */
    static PageUpload begin(Connections connections, SaveOptions options, Call call) {
        return new PageUpload(connections, StreamType.BYTE, options, call, false);
    }

    /** The call of a save, once its arguments have been checked. */
    static Call call(Connections connections, String name, SaveOptions options) {
        Refusals.requireName(name);
        Refusals.requireMeta(options.meta());
        return connections.call("save", name, options.deadline());
    }

    String name() {
        return call.name();
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** The stream will be of that length, also where whole pages are more. */
    void endAt(long length) {
        end = length;
    }

    /** Bytes taken so far. */
    long byteLength() {
        return pages.byteLength();
    }

    /** Takes all remaining bytes. */
    void append(ByteBuffer bytes) {
        requireUnbroken();
        try {
            pages.append(bytes);
        } catch (PramException e) {
            throw broken(e);
        }
    }

    /** Takes one page of 4096 bytes with its flags. */
    void appendPage(ByteBuffer page, int pageFlags) {
        requirePage(page);
        try {
            pages.appendPage(page, pageFlags);
        } catch (PramException e) {
            throw broken(e);
        }
    }

    /** Takes one page of 4096 bytes with its flags and the sum that it was given before. */
    void appendPage(ByteBuffer page, int pageFlags, int csum) {
        requirePage(page);
        try {
            pages.appendPage(page, pageFlags, csum);
        } catch (PramException e) {
            throw broken(e);
        }
    }

    private void requirePage(ByteBuffer page) {
        requireUnbroken();
        if (page.remaining() != PAGE_BYTES) {
            throw new RejectedException(
                    Errno.EINVAL, "a page has 4096 bytes: given=" + page.remaining());
        }
    }

    /**
     * Reads bytes of a channel straight into a packet.
     *
     * @return how many; -1 at the channel's end
     */
    int transferFrom(ReadableByteChannel source, long bytesMax) throws IOException {
        requireUnbroken();
        try {
            return pages.transferFrom(source, bytesMax);
        } catch (PramException e) {
            throw broken(e);
        }
    }

    /** Sends the rest and waits until the node is committed. Returns its sequence. */
    long finish() {
        requireOpen();
        if (failure != null) {
            discard();
            throw failure; // without what could not be taken it is not the caller's stream
        }
        requireWhole();
        state = State.FINISHED;
        try {
            long sequence = commit();
            ended(PramListener.Result.DONE);
            return sequence;
        } catch (PramException e) {
            ended(PramListener.Result.of(e));
            throw e;
        }
    }

    private void requireWhole() {
        long taken = byteLength();
        if (end != UNKNOWN && taken != (end + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES) {
            discard();
            throw RejectedException.invalid(
                    "the pages are not those of the length: expected=" + end + " actual=" + taken);
        }
        if (type == StreamType.PAGE && taken % PAGE_BYTES != 0) {
            discard();
            throw RejectedException.invalid(
                    "a page stream is made of whole pages of 4096 bytes: bytes=" + taken);
        }
    }

    /** Ends the save without a node; returns once the name is free, or the daemon does not say. */
    void discard() {
        if (state != State.OPEN) {
            return;
        }
        state = State.DISCARDED;
        try {
            if (failure instanceof NotSentException) {
                giveUp(); // the daemon, or the caller, has no more patience
            } else if (!(exchange.failure() instanceof ConnectionLost)) {
                var discarded = connection.request(id, new Discard(), exchange);
                Answers.await(discarded, exchange, call, Effect.NONE);
            }
        } catch (PramException e) {
            suspectIfStalled(); // the daemon discards what its connection has left behind
        } finally {
            release();
            ended(failure == null ? PramListener.Result.GIVEN_UP : PramListener.Result.of(failure));
        }
    }

    private void awaitOpened() {
        connection.flush();
        try {
            awaitOpened(Effect.NONE);
        } catch (PramException e) {
            state = State.DISCARDED;
            giveUp();
            throw e;
        }
    }

    private void awaitOpened(Effect effect) {
        try {
            Answers.await(opened, exchange, patientCall(), effect);
        } catch (RejectedException e) {
            if (e.errno() == Errno.ESTALE) {
                connection.suspect(); // it may be too old to save on, see the protocol
            }
            throw e;
        }
    }

    private long commit() {
        try {
            pages.writeRest();
            call.requireGoAhead();
            connection.requireNotLost(call);
        } catch (PramException e) {
            giveUp();
            throw e;
        }
        try {
            var saved =
                    connection.request(
                            id, new FinishSave(end == UNKNOWN ? byteLength() : end), exchange);
            awaitOpened(Effect.CHANGE);
            return ((Saved) Answers.await(saved, exchange, call, Effect.CHANGE)).sequence();
        } catch (OutcomeUnknownException e) {
            suspectIfStalled();
            release(); // before the question: it fences a save that is still open
            return new Settlement(connections, call).settle(saveId, sequenceIfKnown(), e);
        } finally {
            release();
        }
    }

    /**
     * While the daemon is starting it may hold the prepare back up to the deadline sent with it.
     */
    private Call patientCall() {
        return new Call(
                call.verb(),
                call.name(),
                call.noProgress().plusMillis(prepareDeadlineMillis()),
                call.deadline());
    }

    private PrepareSave prepare() {
        PrepareSave prepare =
                new PrepareSave(
                        type,
                        options.replace(),
                        options.durability(),
                        Math.min(prepareDeadlineMillis(), PrepareSave.DEADLINE_DEFAULT - 1),
                        saveId,
                        options.declaredBytes(),
                        ttlMillis(),
                        call.name(),
                        options.meta(),
                        Optional.empty());
        return isOffered(Features.DATES)
                ? options.dates().map(prepare::dated).orElse(prepare)
                : prepare;
    }

    /** Without a deadline a little less than this side's own patience: the answer comes first. */
    private long prepareDeadlineMillis() {
        Duration deadline = options.deadline();
        return (deadline == null
                        ? call.noProgress().multipliedBy(4).dividedBy(5)
                        : Deadline.bounded(deadline))
                .toMillis();
    }

    /** 0 where the daemon's first answer was lost, too. */
    private long sequenceIfKnown() {
        return opened.isDone() && !opened.isCompletedExceptionally()
                ? ((SaveOpened) opened.join()).sequence()
                : 0;
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new IllegalStateException(call + " is " + state);
        }
    }

    private void requireUnbroken() {
        requireOpen();
        if (failure != null) {
            throw failure;
        }
    }

    /** From here on the stream is not what its caller wrote. */
    private PramException broken(PramException e) {
        failure = e;
        return e;
    }

    /** The save has failed before its finish was sent: the daemon need not keep it. */
    private void giveUp() {
        suspectIfStalled();
        if (!released) {
            connection.send(id, new Discard());
        }
        release();
    }

    private void suspectIfStalled() {
        if (call.hasStalled(exchange)) {
            connection.suspect();
        }
    }

    private void ended(PramListener.Result result) {
        if (isWholeCall) {
            connections.listeners().ended(call, result, byteLength(), beginNanos);
        }
    }

    private void release() {
        if (released) {
            return;
        }
        released = true;
        pages.release();
        connection.forget(id);
        connections.saves().giveBack(connection);
    }
}
