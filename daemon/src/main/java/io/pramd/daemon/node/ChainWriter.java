package io.pramd.daemon.node;

import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.PageChecksum.LinkPlace;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One owner: the saver's. Collects entries into links. A link is stored once, whole: when the first
 * entry of the next one comes, or at the end, so there is never an empty one behind a full one.
 */
final class ChainWriter {
    private final StoreContext context;
    private final long streamSequence;
    private final ByteBuffer link = MetadataPage.allocate();
    private final PageChecksum checksum = new PageChecksum();
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
        if (pfn == 0) {
            firstPfn = frames.remove();
            pfn = firstPfn;
            LinkLayout.begin(link);
        } else if (entries == LinkLayout.ENTRIES) {
            long next = frames.remove();
            store(next);
            pfn = next;
            position++;
            entries = 0;
            LinkLayout.begin(link);
        }
        LinkLayout.entry(link, entries, flags, csum, pagePfn);
        entries++;
    }

    /** Stores the last link; answers the first one's frame, 0 when nothing was appended. */
    long finish() {
        if (pfn != 0) {
            store(0);
        }
        return firstPfn;
    }

    private void store(long next) {
        LinkLayout.linkPfn(link, next);
        LinkPlace place = new LinkPlace(pfn, streamSequence, position);
        MetadataPage.csum(link, checksum.ofLink(context.uuid(), place, link));
        context.memory().store(pfn, link);
    }

    /** Frames that no link needed. */
    Deque<Long> unused() {
        return frames;
    }
}
