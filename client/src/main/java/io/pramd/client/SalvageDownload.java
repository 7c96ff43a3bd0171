package io.pramd.client;

import io.pramd.protocol.BadPages;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.PrepareLoad;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * One owner: what can still be read of a node, packet by packet, each page verified on both sides.
 * A lost connection ends it.
 */
final class SalvageDownload {
    private static final long PAGES_PER_READ = PacketBuffers.PAGES;
    private static final long PAGES_AHEAD_MAX = 2 * PAGES_PER_READ;
    private static final int READ_AGAIN_MAX = 2;

    private final long beginNanos = System.nanoTime();
    private final Connections connections;
    private final Call call;
    private final LoadConversation conversation;
    private final List<MissingPages> missing = new ArrayList<>();
    private long nextPage;
    private long askedUpTo;
    private long pagesToSkip;
    private long goodPages;
    private int readAgain;
    private boolean isOpen = true;
    private PramException failure;

    /**
     * @param name empty with a pfn
     * @param quarantinedPfn 0 with a name
     */
    SalvageDownload(Connections connections, String name, long quarantinedPfn) {
        this.connections = connections;
        call = connections.call("salvage", name, null);
        PrepareLoad prepare =
                new PrepareLoad(StreamType.ANY, true, true, 0, quarantinedPfn, name, Map.of());
        try {
            conversation =
                    new Repeater(connections, call)
                            .repeat(() -> new LoadConversation(connections, call, prepare, 0, 0));
        } catch (PramException e) {
            failure = e;
            ended();
            throw e;
        }
    }

    NodeRecord node() {
        return conversation.node();
    }

    boolean isOpen() {
        return isOpen;
    }

    List<MissingPages> missingPages() {
        return List.copyOf(missing);
    }

    /** The next pages, to be given back before the next call, or a hole; null at the end. */
    PageBatch next() {
        if (!isOpen) {
            throw new IllegalStateException(call + " is closed");
        }
        if (failure != null) {
            throw failure;
        }
        try {
            return nextPage < node().pages() ? takeNext() : null;
        } catch (PramException e) {
            failure = e;
            throw e;
        }
    }

    private PageBatch takeNext() {
        while (true) {
            askAhead();
            PageBatch batch = conversation.await();
            if (pagesToSkip > 0) {
                pagesToSkip -= batch.pageCount();
                conversation.giveBack(batch);
                continue;
            }
            if (batch.badPage() == PageBatch.NO_BAD_PAGE) {
                return taken(batch);
            }
            long page = batch.firstPage() + batch.badPage();
            pagesToSkip = askedUpTo - nextPage - batch.pageCount();
            askedUpTo = nextPage;
            conversation.giveBack(batch);
            if (readAgain++ == READ_AGAIN_MAX) {
                throw new RejectedException(
                        Errno.EIO,
                        "page " + page + " of " + call + " changes on its way here",
                        0,
                        page);
            }
        }
    }

    private PageBatch taken(PageBatch batch) {
        nextPage += batch.pageCount();
        readAgain = 0;
        batch.hole().ifPresent(this::add);
        goodPages += batch.hole().isEmpty() ? batch.pageCount() : 0;
        return batch;
    }

    /** Pages that are missing for one reason are one entry, however many packets name them. */
    private void add(BadPages hole) {
        MissingPages last = missing.isEmpty() ? null : missing.get(missing.size() - 1);
        boolean goesOn =
                last != null
                        && last.pfn().isEmpty()
                        && hole.pfn() == 0
                        && last.firstPage() + last.pageCount() == hole.firstPage()
                        && last.reason().equals(hole.reason());
        if (goesOn) {
            long pages = last.pageCount() + hole.pageCount();
            missing.set(
                    missing.size() - 1,
                    new MissingPages(last.firstPage(), pages, last.pfn(), last.reason()));
        } else {
            OptionalLong pfn = hole.pfn() == 0 ? OptionalLong.empty() : OptionalLong.of(hole.pfn());
            missing.add(new MissingPages(hole.firstPage(), hole.pageCount(), pfn, hole.reason()));
        }
    }

    private void askAhead() {
        while (askedUpTo < node().pages() && askedUpTo - nextPage < PAGES_AHEAD_MAX) {
            long pages = Math.min(node().pages() - askedUpTo, PAGES_PER_READ);
            conversation.read(askedUpTo, pages);
            askedUpTo += pages;
        }
    }

    void giveBack(PageBatch batch) {
        conversation.giveBack(batch);
    }

    void close() {
        if (isOpen) {
            isOpen = false;
            conversation.endPeek();
            ended();
        }
    }

    private void ended() {
        PramListener.Result result =
                failure != null
                        ? PramListener.Result.of(failure)
                        : nextPage == node().pages()
                                ? PramListener.Result.DONE
                                : PramListener.Result.GIVEN_UP;
        connections.listeners().ended(call, result, goodPages * WireLimits.PAGE_BYTES, beginNanos);
    }
}
