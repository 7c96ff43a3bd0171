package io.pramd.client;

import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.BadPageVerdict;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Features;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.PrepareLoad;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.ReportBadPage;
import io.pramd.protocol.WireLimits;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** One owner: one load or peek as far as it goes on one connection. */
final class LoadConversation {
    private static final Duration SALVAGE_PATIENCE = Duration.ofMinutes(10);

    private final Connections connections;
    private final Call call;
    private final Exchange exchange = new Exchange();
    private final PagesInbox inbox;
    private final Connection connection;
    private final long id;
    private final NodeRecord node;
    private boolean released;

    /**
     * Opens it: returns once the node is this loader's, or pinned for a peek.
     *
     * @param firstPage asked for at once, with those behind it, so that a small node comes in one
     *     round trip
     * @param pageCount how many; 0 for none
     */
    LoadConversation(
            Connections connections,
            Call call,
            PrepareLoad prepare,
            long firstPage,
            long pageCount) {
        this.connections = connections;
        this.call = call;
        inbox = new PagesInbox(connections.buffers(), exchange, prepare.salvage());
        exchange.receivePagesWith(inbox);
        connection = connections.loads().take(call);
        requireOffered(prepare);
        CompletableFuture<Message> opened = exchange.expect(MessageType.PREPARE_LOAD);
        id = connection.openLater(prepare, exchange);
        if (pageCount > 0) {
            read(firstPage, pageCount);
        }
        connection.flush();
        try {
            Call patient = new Call(call.verb(), call.name(), patience(prepare), call.deadline());
            node = ((LoadOpened) Answers.await(opened, exchange, patient, Effect.NONE)).node();
            requireConsistent(prepare, node);
        } catch (PramException e) {
            leave(e);
            throw e;
        }
    }

    /** Before a salvage the daemon may have to read its whole file. */
    private Duration patience(PrepareLoad prepare) {
        Duration patience = call.noProgress().plusMillis(prepare.waitMillis());
        return prepare.salvage() && patience.compareTo(SALVAGE_PATIENCE) < 0
                ? SALVAGE_PATIENCE
                : patience;
    }

    private void requireOffered(PrepareLoad prepare) {
        if (prepare.salvage() && (connection.welcome().features() & Features.SALVAGE) == 0) {
            connections.loads().giveBack(connection);
            inbox.close();
            throw RejectedException.invalid("the daemon is too old to salvage: " + call);
        }
    }

    /** What was not asked for, or cannot be, has been garbled on its way. */
    private void requireConsistent(PrepareLoad asked, NodeRecord record) {
        boolean isAsked =
                asked.quarantinedPfn() == 0
                        ? record.name().equals(asked.name())
                        : record.pfn() == asked.quarantinedPfn();
        long whole = record.length() / WireLimits.PAGE_BYTES;
        long pages = record.length() % WireLimits.PAGE_BYTES == 0 ? whole : whole + 1;
        if (!isAsked || record.length() < 0 || record.pages() != pages) {
            ConnectionLost garbled =
                    new ConnectionLost(
                            "the daemon breaks the protocol: opened name="
                                    + record.name()
                                    + " length="
                                    + record.length()
                                    + " pages="
                                    + record.pages(),
                            null);
            connection.lose(garbled);
            throw Effect.NONE.lost(call, garbled);
        }
    }

    /** What is being loaded, as it was when this was opened. */
    NodeRecord node() {
        return node;
    }

    /** Asks for pages; they come behind those that were asked for before. */
    void read(long firstPage, long pageCount) {
        inbox.expect(firstPage, pageCount);
        connection.send(id, new ReadPages(firstPage, pageCount));
    }

    /** The next pages that were asked for, to be given back. */
    PageBatch await() {
        connection.requireClientOpen(call); // else what came before its end would still be read
        exchange.progressed();
        return Answers.awaitProgress(
                exchange,
                call,
                Effect.NONE,
                nanos -> {
                    PageBatch batch = inbox.poll(nanos);
                    if (batch == null && exchange.failure() != null) {
                        throw Answers.translate(exchange.failure(), Effect.NONE, call);
                    }
                    return batch;
                });
    }

    void giveBack(PageBatch batch) {
        inbox.giveBack(batch);
    }

    /** Pages from that one on go straight into the target, as far as it has room. */
    void landIn(ByteBuffer target, long firstPage) {
        inbox.landIn(target, firstPage);
    }

    /**
     * Nothing is written into the target any more when this returns.
     *
     * @param early not all that it has room for has come
     */
    void landNoMore(boolean early) {
        inbox.landNoMore();
        if (early) {
            inbox.cutLanding(connection);
        }
    }

    /** Tells the daemon of a page that does not verify here, and says what it makes of it. */
    BadPageVerdict report(long pageIndex) {
        CompletableFuture<Message> verdict =
                connection.request(id, new ReportBadPage(pageIndex), exchange);
        return (BadPageVerdict) Answers.await(verdict, exchange, call, Effect.NONE);
    }

    /**
     * Consumes the node.
     *
     * @throws NotSentException the connection was gone before it could be asked for
     */
    void consume() {
        try {
            connection.requireNotLost(call);
            CompletableFuture<Message> consumed =
                    connection.request(id, new FinishLoad(node.sequence()), exchange);
            Answers.await(consumed, exchange, call, Effect.CHANGE);
        } catch (PramException e) {
            if (e instanceof RejectedException) {
                leave(e); // the daemon has kept the stream open
            }
            suspectIfStalled();
            throw e;
        } finally {
            release();
        }
    }

    /** Leaves the node as it was; returns once others may have it, or the daemon does not say. */
    void abort() {
        if (released) {
            return;
        }
        try {
            if (!(exchange.failure() instanceof ConnectionLost)) {
                CompletableFuture<Message> aborted =
                        connection.request(id, new AbortLoad(), exchange);
                Answers.await(aborted, exchange, call, Effect.NONE);
            }
        } catch (PramException e) {
            suspectIfStalled(); // the daemon aborts what its connection has left behind
        } finally {
            release();
        }
    }

    /**
     * Gives the pin back without waiting for the daemon's word: nobody is kept from the node by it,
     * and what this connection asks for next comes behind it.
     */
    void endPeek() {
        if (!released) {
            connection.send(id, new AbortLoad());
            release();
        }
    }

    /** Leaves without waiting for the daemon's word. */
    void leave(PramException why) {
        if (released) {
            return;
        }
        suspectIfStalled();
        if (why.errno() != Errno.ENOENT) { // which is the end of the stream by itself
            connection.send(id, new AbortLoad());
        }
        release();
    }

    private void suspectIfStalled() {
        if (call.hasStalled(exchange)) {
            connection.suspect();
        }
    }

    private void release() {
        if (released) {
            return;
        }
        released = true;
        connection.forget(id);
        connections.loads().giveBack(connection);
        inbox.close();
        connection.onLoop(inbox::dropArriving);
    }
}
