package io.pramd.client;

import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.BadPageVerdict;
import io.pramd.protocol.Errno;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.PrepareLoad;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.ReportBadPage;
import io.pramd.protocol.StreamType;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * One owner: a load or a peek: asks for pages ahead of their use, and takes them in order,
 * verified.
 */
final class PageDownload {
    private enum State {
        OPEN,
        FINISHED,
        ABORTED
    }

    private static final long PAGES_PER_READ = PacketBuffers.PAGES;
    private static final long PAGES_AHEAD_MAX = 4 * PAGES_PER_READ;
    private static final long WAIT_MILLIS_MAX = 0xffff_ffffL;

    private final Connections connections;
    private final Duration patience;
    private final String name;
    private final boolean peek;
    private final Exchange exchange = new Exchange();
    private final PagesInbox inbox;
    private final Connection connection;
    private final long id;
    private final NodeRecord node;
    private State state = State.OPEN;
    private long requestedPages;
    private long takenPages;
    private boolean released;

    /** Opens the load: returns once the node is this loader's, or pinned for a peek. */
    PageDownload(
            Connections connections,
            String name,
            StreamType type,
            boolean peek,
            LoadOptions options) {
        this.connections = connections;
        this.patience = connections.config().noProgress();
        this.name = Refusals.requireName(name);
        this.peek = peek;
        Refusals.requireMeta(options.expectMeta());
        inbox = new PagesInbox(connections.buffers(), exchange);
        exchange.receivePagesWith(inbox);
        connection = connections.take();
        CompletableFuture<Message> opened = exchange.expect(MessageType.PREPARE_LOAD);
        long waitMillis = Math.min(options.waitFor().toMillis(), WAIT_MILLIS_MAX);
        id =
                connection.open(
                        new PrepareLoad(type, peek, waitMillis, 0, name, options.expectMeta()),
                        exchange);
        if (waitMillis == 0) {
            askFor(PAGES_PER_READ); // a small node comes in one round trip
        }
        try {
            Duration longest = patience.plusMillis(waitMillis);
            node =
                    ((LoadOpened) Answers.await(opened, exchange, longest, Effect.NONE, what()))
                            .node();
            askAhead();
        } catch (PramException e) {
            release(e instanceof RejectedException);
            throw e;
        }
    }

    String name() {
        return name;
    }

    NodeRecord node() {
        return node;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isPeek() {
        return peek;
    }

    /** The next pages, to be given back before the next call; null at the end. */
    PageBatch next() {
        requireOpen();
        if (takenPages == node.pages()) {
            return null;
        }
        PageBatch batch = awaitBatch();
        if (batch.badPage() != PageBatch.NO_BAD_PAGE) {
            long badPage = batch.firstPage() + batch.badPage();
            inbox.giveBack(batch);
            throw reportBadPage(badPage);
        }
        takenPages += batch.pageCount();
        askAhead();
        return batch;
    }

    void giveBack(PageBatch batch) {
        inbox.giveBack(batch);
    }

    /**
     * Consumes the node; ends a peek and leaves it. Everything that was read verifies; what was not
     * read is not looked at.
     */
    void finish() {
        requireOpen();
        if (peek) {
            abort();
            state = State.FINISHED;
            return;
        }
        state = State.FINISHED;
        boolean clean = false;
        try {
            CompletableFuture<Message> consumed =
                    connection.request(id, new FinishLoad(node.sequence()), exchange);
            Answers.await(consumed, exchange, patience, Effect.CHANGE, what());
            clean = takenPages == node.pages();
        } catch (OutcomeUnknownException e) {
            release(false);
            consumeAgain(e);
        } finally {
            release(clean);
        }
    }

    /** Ends the load and leaves the node READY. */
    void abort() {
        if (state != State.OPEN) {
            return;
        }
        state = State.ABORTED;
        boolean clean = false;
        try {
            if (!(exchange.failure() instanceof ConnectionLost)) {
                CompletableFuture<Message> aborted =
                        connection.request(id, new AbortLoad(), exchange);
                Answers.await(aborted, exchange, patience, Effect.NONE, what());
                clean = true;
            }
        } catch (PramException e) {
            clean = false; // the daemon aborts a load whose connection is gone
        } finally {
            release(clean);
        }
    }

    private void askAhead() {
        while (requestedPages < node.pages()
                && requestedPages - takenPages <= PAGES_AHEAD_MAX - PAGES_PER_READ) {
            askFor(Math.min(PAGES_PER_READ, node.pages() - requestedPages));
        }
    }

    private void askFor(long pageCount) {
        inbox.expectUpTo(requestedPages + pageCount);
        connection.send(id, new ReadPages(requestedPages, pageCount));
        requestedPages += pageCount;
    }

    private PageBatch awaitBatch() {
        exchange.progressed();
        while (true) {
            long leftNanos = exchange.progressNanos() + patience.toNanos() - System.nanoTime();
            if (leftNanos <= 0) {
                throw Effect.NONE.noProgress(what(), patience.toSeconds());
            }
            try {
                PageBatch batch = inbox.poll(leftNanos);
                if (batch != null) {
                    return batch;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Effect.NONE.lost(what(), new ConnectionLost("interrupted", e));
            }
            if (exchange.failure() != null) {
                throw Answers.translate(exchange.failure(), Effect.NONE, what());
            }
        }
    }

    private RejectedException reportBadPage(long pageIndex) {
        String verdict;
        try {
            CompletableFuture<Message> answer =
                    connection.request(id, new ReportBadPage(pageIndex), exchange);
            BadPageVerdict said =
                    (BadPageVerdict) Answers.await(answer, exchange, patience, Effect.NONE, what());
            verdict =
                    said.quarantined()
                            ? "the daemon agrees, the node is quarantined"
                            : "the daemon's copy verifies: it changed on its way here, try again";
        } catch (PramException e) {
            verdict = "and the daemon could not be told: " + e.getMessage();
        }
        return new RejectedException(
                Errno.EIO,
                "page " + pageIndex + " of " + name + " does not verify; " + verdict,
                0,
                pageIndex);
    }

    /**
     * The answer to finish was lost: the same change, under the sequence, cannot take another node.
     */
    private void consumeAgain(OutcomeUnknownException lost) {
        try {
            connections.request(
                    new RemoveNode(node.sequence(), 0, name), patience, Effect.CHANGE, what());
        } catch (PramException e) {
            lost.addSuppressed(e);
            throw lost;
        }
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new IllegalStateException(what() + " is " + state);
        }
    }

    private String what() {
        return (peek ? "peek into " : "load of ") + name;
    }

    private void release(boolean clean) {
        if (released) {
            return;
        }
        released = true;
        connection.forget(id);
        if (clean) {
            connections.giveBack(connection);
        } else {
            connection.close();
        }
        inbox.close();
    }
}
