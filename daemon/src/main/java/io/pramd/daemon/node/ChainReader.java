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
 * cannot loop or be crossed with another.
 */
public final class ChainReader {
    private final FrameReader frames;
    private final byte[] uuid;
    private final long frameCount;
    private final Chain chain;
    private final ByteBuffer link = MetadataPage.allocate();
    private final PageChecksum checksum = new PageChecksum();
    private long pfn;
    private long position = -1;
    private long nextPfn;

    /** What a node page says of its chain. */
    public record Chain(long firstLinkPfn, long streamSequence, long pages) {

        /** The chain of a verified node page. */
        public static Chain of(ByteBuffer nodePage) {
            return new Chain(
                    NodeLayout.linkPfn(nodePage),
                    NodeLayout.streamSequence(nodePage),
                    NodeLayout.pages(nodePage));
        }

        public long links() {
            return LinkLayout.linksFor(pages);
        }
    }

    public ChainReader(FrameReader frames, byte[] uuid, long frameCount, Chain chain) {
        this.frames = frames;
        this.uuid = uuid;
        this.frameCount = frameCount;
        this.chain = chain;
        this.nextPfn = chain.firstLinkPfn();
    }

    /** The position of the link read last; -1 before the first. */
    public long position() {
        return position;
    }

    /** The frame of the link read last. */
    public long pfn() {
        return pfn;
    }

    /** The frame of the link after it. */
    public long nextPfn() {
        return nextPfn;
    }

    /**
     * Continues as if link {@code newPosition - 1} had been read and named {@code newPfn} as the
     * next.
     */
    public void jumpTo(long newPosition, long newPfn) {
        position = newPosition - 1;
        nextPfn = newPfn;
    }

    /** Whether another link must follow. */
    public boolean hasNext() {
        return position + 1 < chain.links();
    }

    /**
     * Reads the next link.
     *
     * @throws StoreException EIO with what does not verify
     */
    public void next() {
        long at = position + 1;
        requireUsable(nextPfn, "link", at);
        frames.read(nextPfn, link);
        int sum = checksum.ofLink(uuid, new LinkPlace(nextPfn, chain.streamSequence(), at), link);
        if (MetadataPage.magic(link) != Magic.LINK.number() || sum != MetadataPage.csum(link)) {
            throw StoreException.of(
                    Errno.EIO,
                    "link does not verify: position="
                            + at
                            + " pfn="
                            + nextPfn
                            + String.format(
                                    " magic=%08x csum=%08x sum=%08x",
                                    MetadataPage.magic(link), MetadataPage.csum(link), sum));
        }
        pfn = nextPfn;
        position = at;
        nextPfn = LinkLayout.linkPfn(link);
        if (!hasNext() && nextPfn != 0) {
            throw StoreException.of(
                    Errno.EIO,
                    "chain is longer than its pages: links="
                            + chain.links()
                            + " nextPfn="
                            + nextPfn);
        }
        requireEntries();
    }

    private void requireEntries() {
        int entries = entries();
        for (int entry = 0; entry < entries; entry++) {
            requireUsable(entryPfn(entry), "page", position * LinkLayout.ENTRIES + entry);
        }
        if (entries < LinkLayout.ENTRIES && entryPfn(entries) != 0) {
            throw StoreException.of(
                    Errno.EIO,
                    "link has more entries than the node has pages: position=" + position);
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
        return (int) Math.min(LinkLayout.ENTRIES, chain.pages() - position * LinkLayout.ENTRIES);
    }

    public int entryFlags(int entry) {
        return LinkLayout.entryFlags(link, entry);
    }

    public int entryCsum(int entry) {
        return LinkLayout.entryCsum(link, entry);
    }

    public long entryPfn(int entry) {
        return LinkLayout.entryPfn(link, entry);
    }
}
