package io.pramd.daemon.node;

import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.PageChecksum.LinkPlace;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * One owner: the saver's. Collects entries into links. A link is stored once, whole: when the first
 * entry of the next one comes, or at the end, so there is never an empty one behind a full one. The
 * entries of a short stream go into its node page.
 */
final class ChainWriter {
    private final StoreContext context;
    private final long streamSequence;
    // of the link to come: flags in the low half and csum in the high half, then the pfn
    private long[] entryWords = new long[4];
    private final Deque<Long> frames = new ArrayDeque<>();
    private long firstPfn;
    private long pfn;
    private long position;
    private int entries;

    ChainWriter(StoreContext context, long streamSequence) {
        this.context = context;
        this.streamSequence = streamSequence;
    }

    /** Frames for links to come: enough for the pages granted with them. */
    void addFrames(long[] links) {
        for (long frame : links) {
            frames.add(frame);
        }
    }

    void append(int flags, int csum, long pagePfn) {
        if (pfn == 0 && entries == context.inlineEntries().pagesMax()) {
            firstPfn = frames.remove();
            pfn = firstPfn;
        } else if (entries == LinkLayout.ENTRIES) {
            long next = frames.remove();
            store(next);
            pfn = next;
            position++;
            entries = 0;
        }
        if (2 * entries == entryWords.length) {
            entryWords = Arrays.copyOf(entryWords, Math.min(4 * entries, 2 * LinkLayout.ENTRIES));
        }
        entryWords[2 * entries] = Integer.toUnsignedLong(flags) | (long) csum << Integer.SIZE;
        entryWords[2 * entries + 1] = pagePfn;
        entries++;
    }

    /** Stores the last link; answers the first one's frame, 0 when there is none. */
    long finish() {
        if (pfn != 0) {
            store(0);
        }
        return firstPfn;
    }

    /** Into the page of a node without links: the entries, of which there may be none. */
    void inlineInto(ByteBuffer nodePage) {
        if (pfn != 0) {
            return;
        }
        NodeLayout.inlineCount(nodePage, entries);
        for (int i = 0; i < entries; i++) {
            long word = entryWords[2 * i];
            NodeLayout.inlineEntry(
                    nodePage, i, (int) word, (int) (word >>> Integer.SIZE), entryWords[2 * i + 1]);
        }
    }

    private void store(long next) {
        PageScratch scratch = PageScratch.ofThread();
        ByteBuffer link = scratch.page();
        LinkLayout.begin(link);
        LinkLayout.linkPfn(link, next);
        for (int i = 0; i < entries; i++) {
            long word = entryWords[2 * i];
            LinkLayout.entry(
                    link, i, (int) word, (int) (word >>> Integer.SIZE), entryWords[2 * i + 1]);
        }
        LinkPlace place = new LinkPlace(pfn, streamSequence, position);
        MetadataPage.csum(link, scratch.checksum().ofLink(context.uuid(), place, link));
        context.memory().store(pfn, link);
    }

    /** Frames that no link needed. */
    Deque<Long> unused() {
        return frames;
    }
}
