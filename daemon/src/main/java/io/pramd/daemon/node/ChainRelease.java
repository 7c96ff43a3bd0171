package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thread-safe. Drops the references of nodes that no root reaches any more, with their chains. */
final class ChainRelease {
    private static final Logger LOG = LoggerFactory.getLogger(ChainRelease.class);

    private final StoreContext context;
    private final Space space;

    /** What frames are given back to. */
    @FunctionalInterface
    interface Space {
        /** Drops a reference of each of the first frames; answers how many are free by it. */
        int free(long[] pfns, int length);
    }

    ChainRelease(StoreContext context, Space space) {
        this.context = context;
        this.space = space;
    }

    /**
     * Drops the references of a node page and, where they were the last, of its chain; answers how
     * many frames are free.
     */
    long releaseNode(long nodePfn, ChainReader.Chain chain, long linksCounted) {
        if (chain.isInlined()) {
            return releaseInlined(nodePfn, chain.inlined());
        }
        ChainReader links = links(chain);
        long[] pages = new long[chain.entriesMax()];
        long freed = releaseNodePage(nodePfn);
        while (links.position() + 1 < linksCounted) {
            int released = releaseNextLink(links, pages);
            if (released == 0) {
                return freed;
            }
            freed += released;
        }
        return freed;
    }

    private long releaseInlined(long nodePfn, long[] entries) {
        long[] pfns = new long[1 + entries.length / 2];
        pfns[0] = nodePfn;
        for (int entry = 0; entry < entries.length / 2; entry++) {
            pfns[entry + 1] = entries[2 * entry + 1];
        }
        return space.free(pfns, pfns.length);
    }

    /** The same of a damaged node: of its chain just what is counted. */
    long releaseKept(long nodePfn, KeptChain kept) {
        ChainReader links = links(kept.chain());
        long[] pages = new long[kept.chain().entriesMax()];
        long freed = releaseNodePage(nodePfn);
        for (int index = 0; index < kept.links(); index++) {
            links.jumpTo(kept.position(index), kept.pfn(index));
            int released = releaseNextLink(links, pages);
            boolean isRead = links.position() == kept.position(index);
            if (released == 0 && isRead) {
                return freed; // another node has the chain, too
            }
            freed += released;
        }
        return freed;
    }

    private ChainReader links(ChainReader.Chain chain) {
        return new ChainReader(
                context.memory()::read, context.uuid(), context.memory().frameCount(), chain);
    }

    private int releaseNodePage(long nodePfn) {
        boolean isCounted =
                nodePfn > 0
                        && nodePfn < context.memory().frameCount()
                        && !FileLayout.isFixed(nodePfn);
        return isCounted ? space.free(new long[] {nodePfn}, 1) : 0;
    }

    /**
     * Answers how many frames are free by it; 0 when it is another's as well, or unreadable.
     *
     * @param pages scratch, with room for a link's entries
     */
    private int releaseNextLink(ChainReader links, long[] pages) {
        try {
            // read before its frame is released, since somebody may fill it at once
            links.next();
        } catch (StoreException e) {
            LOG.warn("frames stay unused until the next start: {}", e.getMessage());
            return 0;
        }
        int freed = 0;
        if (links.hasFrame()) {
            freed = space.free(new long[] {links.pfn()}, 1);
            if (freed == 0) {
                return 0;
            }
        }
        int entries = links.entries();
        int found = 0;
        for (int entry = 0; entry < entries; entry++) {
            pages[found] = links.entryPfn(entry);
            found += pages[found] == 0 ? 0 : 1;
        }
        return freed + space.free(pages, found);
    }
}
