package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.PageChecksum.LinkPlace;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;

/**
 * One owner. Reads the links of one stream in order, each verified against its place: a link of
 * another stream, another frame, another position or an earlier life does not verify, so a chain
 * cannot loop or be crossed with another. Entries that the node page has itself are read as one
 * link, the only one, which has no frame.
 */
public final class ChainReader {
    private final FrameReader frames;
    private final byte[] uuid;
    private final long frameCount;
    private Chain chain;
    // the link read last; one that does not verify never gets here, so that what is asked of this
    // one stays true
    private ByteBuffer link;
    private ByteBuffer incoming;
    private PageChecksum checksum;
    private long pfn;
    private long position = -1;
    private long nextPosition;
    private long nextPfn;

    /**
     * What a node page says of its chain.
     *
     * @param pages {@link #UNKNOWN_PAGES} where it cannot be believed: then the chain goes on as
     *     far as its own links say
     * @param inlined the node page's own entries, of each a long with the flags in the low half and
     *     the csum in the high half, and the pfn, 0 for one that is lost; not to be changed; null
     *     when there are links
     */
    public record Chain(long firstLinkPfn, long streamSequence, long pages, long[] inlined) {
        public static final long UNKNOWN_PAGES = -1;

        /** Of a stream that has links, or no pages. */
        public Chain(long firstLinkPfn, long streamSequence, long pages) {
            this(firstLinkPfn, streamSequence, pages, null);
        }

        /** Of a stream whose entries are in its node page. */
        public static Chain ofInlined(long streamSequence, long[] inlined) {
            return new Chain(0, streamSequence, inlined.length / 2, inlined);
        }

        /** The chain of a verified node page. */
        public static Chain of(ByteBuffer nodePage) {
            int inlined = (int) NodeLayout.inlineCount(nodePage);
            return inlined > 0
                    ? ofInlined(NodeLayout.streamSequence(nodePage), entries(nodePage, inlined))
                    : new Chain(
                            NodeLayout.linkPfn(nodePage),
                            NodeLayout.streamSequence(nodePage),
                            NodeLayout.pages(nodePage));
        }

        static long[] entries(ByteBuffer nodePage, int count) {
            long[] entries = new long[2 * count];
            for (int entry = 0; entry < count; entry++) {
                entries[2 * entry] = NodeLayout.inlineFlagsAndCsum(nodePage, entry);
                entries[2 * entry + 1] = NodeLayout.inlinePfn(nodePage, entry);
            }
            return entries;
        }

        public boolean isInlined() {
            return inlined != null;
        }

        /** Links to read; entries of the node page are one. */
        public long links() {
            return isInlined() ? 1 : LinkLayout.linksFor(pages);
        }

        /** Frames of the links. */
        public long linkFrames() {
            return isInlined() ? 0 : links();
        }

        /** Most entries that one of its links has in use. */
        public int entriesMax() {
            return isLengthKnown() ? (int) Math.min(LinkLayout.ENTRIES, pages) : LinkLayout.ENTRIES;
        }

        public boolean isLengthKnown() {
            return pages != UNKNOWN_PAGES;
        }
    }

    public ChainReader(FrameReader frames, byte[] uuid, long frameCount, Chain chain) {
        this.frames = frames;
        this.uuid = uuid;
        this.frameCount = frameCount;
        begin(chain);
    }

    /** Before the first link of another chain. */
    public void begin(Chain newChain) {
        chain = newChain;
        pfn = 0;
        position = -1;
        nextPosition = 0;
        nextPfn = newChain.firstLinkPfn();
    }

    /** The position of the link read last; -1 before the first. */
    public long position() {
        return position;
    }

    /** The frame of the link read last; 0 when that is not {@link #hasFrame}. */
    public long pfn() {
        return pfn;
    }

    /** Whether the link read last is a page of its own, not entries of the node page. */
    public boolean hasFrame() {
        return pfn != 0;
    }

    /** The frame of the link after it. */
    public long nextPfn() {
        return nextPfn;
    }

    /** Goes on with link {@code newPosition}, at {@code newPfn}; until then nothing changes. */
    public void jumpTo(long newPosition, long newPfn) {
        nextPosition = newPosition;
        nextPfn = newPfn;
    }

    /** Whether another link must follow. */
    public boolean hasNext() {
        return chain.isLengthKnown()
                ? nextPosition < chain.links()
                : nextPfn != 0 && nextPosition < frameCount;
    }

    /**
     * Reads the next link.
     *
     * @throws StoreException EIO with what does not verify; the link read last is as it was
     */
    public void next() {
        if (chain.isInlined()) {
            position = 0;
            nextPosition = 1;
            return; // the node page has been verified, and its entries with it
        }
        if (incoming == null) {
            incoming = MetadataPage.allocate();
            link = MetadataPage.allocate();
            checksum = new PageChecksum();
        }
        long at = nextPosition;
        requireUsable(nextPfn, "link", at);
        frames.read(nextPfn, incoming);
        int sum =
                checksum.ofLink(uuid, new LinkPlace(nextPfn, chain.streamSequence(), at), incoming);
        if (MetadataPage.magic(incoming) != Magic.LINK.number()
                || sum != MetadataPage.csum(incoming)) {
            throw StoreException.of(
                    Errno.EIO,
                    "link does not verify: position="
                            + at
                            + " pfn="
                            + nextPfn
                            + String.format(
                                    " magic=%08x csum=%08x sum=%08x",
                                    MetadataPage.magic(incoming),
                                    MetadataPage.csum(incoming),
                                    sum));
        }
        requireEnd(at);
        requireEntries(at);
        ByteBuffer read = incoming;
        incoming = link;
        link = read;
        pfn = nextPfn;
        position = at;
        nextPosition = at + 1;
        nextPfn = LinkLayout.linkPfn(link);
    }

    private void requireEnd(long at) {
        long behind = LinkLayout.linkPfn(incoming);
        if (!chain.isLengthKnown() && entriesAt(at, incoming) < LinkLayout.ENTRIES) {
            requireNothingBehind(at, behind);
        } else if (chain.isLengthKnown() && at + 1 >= chain.links() && behind != 0) {
            throw StoreException.of(
                    Errno.EIO,
                    "chain is longer than its pages: links="
                            + chain.links()
                            + " nextPfn="
                            + behind);
        }
    }

    private static void requireNothingBehind(long at, long behind) {
        if (behind != 0) {
            throw StoreException.of(
                    Errno.EIO,
                    "link is not full and not the last: position=" + at + " nextPfn=" + behind);
        }
    }

    private void requireEntries(long at) {
        int entries = entriesAt(at, incoming);
        for (int entry = 0; entry < entries; entry++) {
            long page = LinkLayout.entryPfn(incoming, entry);
            requireUsable(page, "page", at * LinkLayout.ENTRIES + entry);
        }
        if (entries < LinkLayout.ENTRIES && LinkLayout.entryPfn(incoming, entries) != 0) {
            throw StoreException.of(
                    Errno.EIO, "link has more entries than the node has pages: position=" + at);
        }
    }

    private void requireUsable(long claim, String what, long index) {
        if (claim <= 0 || claim >= frameCount || FileLayout.isFixed(claim)) {
            throw StoreException.of(
                    Errno.EIO,
                    what
                            + " at no usable frame: index="
                            + index
                            + " pfn="
                            + claim
                            + " frames="
                            + frameCount);
        }
    }

    /** Entries of the link read last that must be in use. */
    public int entries() {
        return entriesAt(position, link);
    }

    /** Those of them that name a page: all, but of a damaged node page. */
    public int entriesFound() {
        int found = 0;
        for (int entry = 0; entry < entries(); entry++) {
            found += entryPfn(entry) == 0 ? 0 : 1;
        }
        return found;
    }

    private int entriesAt(long at, ByteBuffer page) {
        if (!chain.isLengthKnown()) {
            return LinkLayout.entriesInUse(page);
        }
        return (int) Math.min(LinkLayout.ENTRIES, chain.pages() - at * LinkLayout.ENTRIES);
    }

    public int entryFlags(int entry) {
        return chain.isInlined()
                ? (int) chain.inlined()[2 * entry]
                : LinkLayout.entryFlags(link, entry);
    }

    public int entryCsum(int entry) {
        return chain.isInlined()
                ? (int) (chain.inlined()[2 * entry] >>> Integer.SIZE)
                : LinkLayout.entryCsum(link, entry);
    }

    public long entryPfn(int entry) {
        return chain.isInlined()
                ? chain.inlined()[2 * entry + 1]
                : LinkLayout.entryPfn(link, entry);
    }
}
