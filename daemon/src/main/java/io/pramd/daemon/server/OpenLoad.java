package io.pramd.daemon.server;

import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.quota.Hold;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.WireLimits;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Event loop only: one load stream and the READs that wait in it. */
final class OpenLoad {
    /** Batches between the store and the socket: one is read while the other is sent. */
    private static final int BATCHES_AHEAD = 2;

    private enum State {
        OPENING,
        /** As OPENING, and to be given back as soon as it is open. */
        ABORTING,
        OPEN,
        FINISHING,
        OVER
    }

    private final long id;
    private final ArrayDeque<ReadPages> reads = new ArrayDeque<>();
    private final boolean isPeek;
    private final AuditEntry entry;
    private final Hold hold;
    private State state = State.OPENING;
    private final CompletableFuture<Void> withdrawal = new CompletableFuture<>();
    private CompletableFuture<LoadStream> opening;
    private LoadStream stream;
    private long pageCount;
    private long pagesSent;
    private long allPagesSent;
    private boolean hasSentEnd;
    private long readBegin;
    private long readNanos;
    private boolean reading;
    private int batchesUnsent;
    private boolean inTurn;
    private int reportsOpen;

    OpenLoad(long id, boolean isPeek, AuditEntry entry, Hold hold) {
        this.id = id;
        this.hold = hold;
        this.isPeek = isPeek;
        this.entry = entry;
    }

    StreamView view() {
        String kind = isPeek ? "peek" : "load";
        return new StreamView(id, kind, entry.name(), allPagesSent, pageCount, entry.millis());
    }

    boolean isPeek() {
        return isPeek;
    }

    /** It does not count any more as a stream of its principal. */
    void release() {
        hold.release();
    }

    /** What is written down of it at its end. */
    AuditEntry entry() {
        return entry;
    }

    /** Its client has aborted it, which is how a peek ends. */
    void aborted() {
        if (isPeek && stream != null) {
            entry.ok(bytesSent());
        } else {
            entry.ended(AuditEntry.ABORTED, bytesSent());
        }
    }

    /** Its connection is gone, which is how a peek may end that has got all. */
    void lost() {
        if (isPeek && hasSentEnd) {
            entry.ok(bytesSent());
        } else {
            entry.ended(AuditEntry.LOST, bytesSent());
        }
    }

    /** Page data that has gone out, some of it perhaps twice. */
    long bytesSent() {
        return allPagesSent * WireLimits.PAGE_BYTES;
    }

    long id() {
        return id;
    }

    /** Completes when the client does not want to wait for the stream any longer. */
    CompletableFuture<Void> withdrawal() {
        return withdrawal;
    }

    void opening(CompletableFuture<LoadStream> answer) {
        opening = answer;
    }

    /**
     * The store's answer; the stream is null when it failed. False, and the stream aborted, when
     * nobody wants it any more.
     */
    boolean opened(LoadStream answer) {
        if (state == State.OVER) {
            if (answer != null) {
                answer.abort();
            }
            return false;
        }
        if (answer != null) {
            stream = answer;
            pageCount = answer.info().pages();
            state = state == State.OPENING ? State.OPEN : state;
        }
        return true;
    }

    boolean isOpening() {
        return state == State.OPENING;
    }

    boolean isAborting() {
        return state == State.ABORTING;
    }

    /** Aborted before it is open: the store's answer comes first. */
    void withdraw() {
        state = State.ABORTING;
        reads.clear();
        withdrawal.complete(null);
    }

    boolean isFinishing() {
        return state == State.FINISHING;
    }

    boolean isOver() {
        return state == State.OVER;
    }

    LoadStream stream() {
        return stream;
    }

    void finishing() {
        state = State.FINISHING;
    }

    /** The finish was refused: the stream goes on. */
    void reopen() {
        state = State.OPEN;
    }

    /** Nothing more is read or sent; batches on their way keep their pins until they are sent. */
    void over() {
        state = State.OVER;
        reads.clear();
    }

    /** Gives the node back, also one that the store has yet to deliver. */
    void abort() {
        over();
        if (stream != null) {
            stream.abort();
        } else if (opening != null) {
            opening.cancel(false);
        }
    }

    int readsQueued() {
        return reads.size();
    }

    List<ReadPages> reads() {
        return List.copyOf(reads);
    }

    /**
     * Adds a READ.
     *
     * @param begin its own, if no other is before it
     */
    void queue(ReadPages read, long begin) {
        if (reads.isEmpty()) {
            begins(begin);
        }
        reads.add(read);
    }

    private void begins(long begin) {
        readBegin = begin;
        readNanos = 0;
    }

    /** How long the first READ has waited for its first pages, or waits now. */
    long readNanos(long now) {
        return readNanos == 0 ? now - readBegin : readNanos;
    }

    int reportsOpen() {
        return reportsOpen;
    }

    void reportsOpenBy(int change) {
        reportsOpen += change;
    }

    /** Whether the next batch may be read now. */
    boolean isReadable() {
        return state == State.OPEN && !reads.isEmpty() && !reading && batchesUnsent < BATCHES_AHEAD;
    }

    boolean isInTurn() {
        return inTurn;
    }

    void inTurn(boolean waits) {
        inTurn = waits;
    }

    void reading(boolean asked) {
        reading = asked;
    }

    void batchesUnsentBy(int change) {
        batchesUnsent += change;
    }

    ReadPages firstRead() {
        return reads.element();
    }

    /** Where the first READ goes on. */
    long nextPage() {
        return reads.element().firstPage() + pagesSent;
    }

    /** Pages that the first READ still wants and the stream has. */
    long pagesLeft() {
        ReadPages read = reads.element();
        long inStream = Math.max(0, pageCount - read.firstPage());
        return Math.min(read.pageCount(), inStream) - pagesSent;
    }

    /** Whether the first READ, so far or when {@link #pagesLeft()} is 0, reaches the end. */
    boolean isAtEnd() {
        return nextPage() >= pageCount;
    }

    void sent(int pages, long now) {
        if (readNanos == 0) {
            readNanos = now - readBegin;
        }
        pagesSent += pages;
        allPagesSent += pages;
        hasSentEnd |= isAtEnd();
    }

    /**
     * The first READ is answered.
     *
     * @param now when the next begins
     */
    void readDone(long now) {
        reads.remove();
        pagesSent = 0;
        begins(now);
    }
}
