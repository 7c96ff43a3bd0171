package io.pramd.client;

import io.pramd.protocol.BadPageVerdict;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.PrepareLoad;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.nio.ByteBuffer;

/**
 * One owner: a load or a peek: asks for pages ahead of their use, takes them in order, verified,
 * and goes on where it was when the connection is lost and the same node is still there.
 */
final class PageDownload {
    private enum State {
        OPEN,
        FINISHED,
        ABORTED
    }

    private static final int PAGE_BYTES = WireLimits.PAGE_BYTES;
    private static final long PAGES_PER_READ = PacketBuffers.PAGES;
    private static final long PAGES_AHEAD_MAX = 4 * PAGES_PER_READ;

    /** What is asked for behind a jump; it doubles with every packet that is taken. */
    private static final long PAGES_AHEAD_MIN = 8;

    private static final long WAIT_MILLIS_MAX = 0xffff_ffffL;

    /** How often one page that changed on its way is asked for again. */
    private static final int READ_AGAIN_MAX = 2;

    private final long beginNanos = System.nanoTime();
    private final Connections connections;
    private final Call call;
    private final StreamType type;
    private final boolean peek;
    private final LoadOptions options;
    private final Deadline waitFor;
    private final NodeRecord node;
    private final long endPage;
    private LoadConversation conversation;
    private State state = State.OPEN;
    private PramException failure;
    private ByteBuffer landing;
    private long landingPage;
    private long nextPage;
    private long askedUpTo;
    private long pagesToSkip;
    private long pagesAhead = PAGES_AHEAD_MAX;
    private long pagesTaken;
    private int readAgain;

    /** Opens the load: returns once the node is this loader's, or pinned for a peek. */
    PageDownload(
            Connections connections,
            String name,
            StreamType type,
            boolean peek,
            LoadOptions options) {
        this.connections = connections;
        this.type = type;
        this.peek = peek;
        this.options = options;
        Refusals.requireName(name);
        Refusals.requireMeta(options.expectMeta());
        Refusals.requireRange(options, type, peek);
        call = connections.call(peek ? "peek" : "load", name, options.deadline());
        waitFor = Deadline.in(options.waitFor());
        nextPage = options.rangeOffset() / PAGE_BYTES;
        try {
            conversation = new Repeater(connections, call).repeat(this::open);
        } catch (PramException e) {
            ended(PramListener.Result.of(e));
            throw e;
        }
        node = conversation.node();
        endPage = Math.min(node.pages(), endPageWanted());
        askedUpTo = Math.max(nextPage, Math.min(askedUpTo, endPage));
        askAhead();
    }

    String name() {
        return call.name();
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

    /** What {@link #next()} has thrown; null as long as all went well. */
    PramException failure() {
        return failure;
    }

    /** The next pages, to be given back before the next call; null at the end. */
    PageBatch next() {
        requireOpen();
        if (failure != null) {
            throw failure;
        }
        if (nextPage >= endPage) {
            return null;
        }
        try {
            return takeNext();
        } catch (PramException e) {
            failure = e;
            throw e;
        }
    }

    void giveBack(PageBatch batch) {
        conversation.giveBack(batch);
    }

    /** Goes on with that page; only of a peek. */
    void seek(long page) {
        requireOpen();
        pagesToSkip += askedUpTo - nextPage;
        nextPage = page;
        askedUpTo = page;
        pagesAhead = PAGES_AHEAD_MIN;
    }

    /**
     * From here on the next pages are received straight into the target, as far as it has room for
     * them. Its position goes on with every batch that is taken.
     */
    void landIn(ByteBuffer target) {
        landing = target;
        conversation.landIn(target, nextPage);
    }

    /** Nothing is received into the target any more when this returns. */
    void landNoMore() {
        conversation.landNoMore(landing.hasRemaining());
        landing = null;
    }

    /**
     * Consumes the node; ends a peek and leaves it. Everything that was read verifies; what was not
     * read is not looked at.
     */
    void finish() {
        requireOpen();
        if (peek) {
            state = State.FINISHED;
            conversation.endPeek();
            ended(PramListener.Result.DONE);
            return;
        }
        if (failure != null) {
            abort();
            throw failure; // a node that could not be read is not consumed
        }
        state = State.FINISHED;
        try {
            new Consumption(connections, call, node).carryOut(conversation);
            ended(PramListener.Result.DONE);
        } catch (PramException e) {
            conversation.leave(e);
            ended(PramListener.Result.of(e));
            throw e;
        }
    }

    /** Ends the load and leaves the node READY. */
    void abort() {
        if (state != State.OPEN) {
            return;
        }
        state = State.ABORTED;
        conversation.abort();
        ended(failure == null ? PramListener.Result.GIVEN_UP : PramListener.Result.of(failure));
    }

    private LoadConversation open() {
        boolean waits = !options.waitFor().isZero() && node == null;
        long waitMillis = waits ? Math.max(1, waitFor.leftNanos() / 1_000_000) : 0;
        PrepareLoad prepare =
                new PrepareLoad(
                        type,
                        peek,
                        Math.min(waitMillis, WAIT_MILLIS_MAX),
                        0,
                        call.name(),
                        options.expectMeta());
        long pages = waits ? 0 : Math.min(PAGES_PER_READ, endPageWanted() - nextPage);
        askedUpTo = nextPage + pages;
        return new LoadConversation(connections, call, prepare, nextPage, pages);
    }

    private long endPageWanted() {
        long length = options.rangeLength();
        if (length > Long.MAX_VALUE - options.rangeOffset() - PAGE_BYTES) {
            return Long.MAX_VALUE;
        }
        return (options.rangeOffset() + length + PAGE_BYTES - 1) / PAGE_BYTES;
    }

    private PageBatch takeNext() {
        while (true) {
            PageBatch batch;
            try {
                batch = awaitNext();
                requireNext(batch);
            } catch (NotSentException e) {
                goOnElsewhere(e);
                continue;
            }
            if (batch.badPage() == PageBatch.NO_BAD_PAGE) {
                nextPage += batch.pageCount();
                pagesTaken += batch.pageCount();
                readAgain = 0;
                pagesAhead = Math.min(2 * pagesAhead, PAGES_AHEAD_MAX);
                askAhead();
                return batch;
            }
            long badPage = batch.firstPage() + batch.badPage();
            pagesToSkip += askedUpTo - nextPage - batch.pageCount();
            askedUpTo = nextPage;
            conversation.giveBack(batch);
            requireChangedOnItsWay(badPage);
        }
    }

    private PageBatch awaitNext() {
        while (pagesToSkip > 0) {
            PageBatch skipped = conversation.await();
            pagesToSkip -= skipped.pageCount();
            conversation.giveBack(skipped);
        }
        askAhead();
        return conversation.await();
    }

    /** Else packets are missing, or come twice. */
    private void requireNext(PageBatch batch) {
        if (batch.firstPage() != nextPage) {
            conversation.giveBack(batch);
            throw Effect.NONE.lost(
                    call,
                    new ConnectionLost("the daemon breaks the protocol: pages out of order", null));
        }
    }

    private void askAhead() {
        while (askedUpTo < endPage && askedUpTo - nextPage < pagesAhead) {
            long pages = Math.min(endPage - askedUpTo, Math.min(pagesAhead, PAGES_PER_READ));
            conversation.read(askedUpTo, pages);
            askedUpTo += pages;
        }
    }

    /** Returns when reading can go on; throws when there is no daemon, or another node. */
    private void goOnElsewhere(NotSentException lost) {
        if (!lost.isRepeatable()) {
            throw lost;
        }
        conversation.leave(lost);
        Repeater repeater = new Repeater(connections, call);
        repeater.pauseOrThrow(lost);
        conversation = repeater.repeat(this::openAgain);
        pagesToSkip = 0;
        askedUpTo = Math.min(askedUpTo, endPage);
        if (landing != null) {
            conversation.landIn(landing, nextPage);
        }
    }

    private LoadConversation openAgain() {
        LoadConversation again = open();
        long sequence = again.node().sequence();
        if (sequence != node.sequence()) {
            again.abort();
            throw new RejectedException(
                    Errno.ESTALE,
                    "the connection was lost and meanwhile "
                            + name()
                            + " has become another node: expected sequence="
                            + node.sequence()
                            + " actual="
                            + sequence);
        }
        return again;
    }

    /** Returns when the page is worth being read again. */
    private void requireChangedOnItsWay(long pageIndex) {
        String verdict;
        try {
            BadPageVerdict said = conversation.report(pageIndex);
            if (!said.quarantined() && readAgain++ < READ_AGAIN_MAX) {
                connections.listeners().retried(call, readAgain, badPage(pageIndex, ""));
                return;
            }
            verdict =
                    said.quarantined()
                            ? "; the daemon agrees, the node is quarantined"
                            : "; the daemon's copy verifies: it changes on its way here";
        } catch (PramException e) {
            verdict = "; and the daemon could not be told: " + e.getMessage();
        }
        throw badPage(pageIndex, verdict);
    }

    private RejectedException badPage(long pageIndex, String verdict) {
        return new RejectedException(
                Errno.EIO,
                "page " + pageIndex + " of " + name() + " does not verify" + verdict,
                0,
                pageIndex);
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new IllegalStateException(call + " is " + state);
        }
    }

    private void ended(PramListener.Result result) {
        long bytes = node == null ? 0 : Math.min(pagesTaken * PAGE_BYTES, node.length());
        connections.listeners().ended(call, result, bytes, beginNanos);
    }
}
