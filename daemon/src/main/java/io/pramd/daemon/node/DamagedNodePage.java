package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader.Chain;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One owner. What a node page that does not verify can still be believed: only what something else
 * proves. The leaf entry has the name's tag; the links carry the stream's sequence in their sums;
 * the last link says where the stream ends; and a data page has the sum that an entry of this page
 * says.
 */
public final class DamagedNodePage {
    private final FrameReader frames;
    private final byte[] uuid;
    private final long frameCount;
    private final PageChecksum checksum = new PageChecksum();
    private final ByteBuffer page = MetadataPage.allocate();
    private final ByteBuffer data = MetadataPage.allocate();
    private final boolean isReadable;
    private final long pfn;

    public DamagedNodePage(FrameReader frames, byte[] uuid, long frameCount, long pfn) {
        this.frames = frames;
        this.uuid = uuid;
        this.frameCount = frameCount;
        this.pfn = pfn;
        this.isReadable = isUsable(pfn) && read();
    }

    private boolean isUsable(long frame) {
        return frame > 0 && frame < frameCount && !FileLayout.isFixed(frame);
    }

    private boolean read() {
        try {
            frames.read(pfn, page);
            return MetadataPage.magic(page) == Magic.NODE.number();
        } catch (StoreException e) {
            return false;
        }
    }

    /** The name, if it has the tag of the leaf entry; else empty. */
    String name(int leafTag) {
        String name = claimedName();
        return !name.isEmpty() && checksum.ofName(name) == leafTag ? name : "";
    }

    /** What stands there for a name, if anything does. */
    String claimedName() {
        return isReadable && NodeLayout.nameEnds(page) ? NodeLayout.name(page) : "";
    }

    /**
     * The stream, followed as far as that is possible; empty when nothing says which it is. A page
     * of an earlier life of its frame names a stream that is gone: the leaf entry's sum tells it
     * apart. The page says the sequence twice, so that a damaged one is not taken for another's.
     */
    public Optional<LostChain> stream(int leafCsum) {
        if (!isReadable || !isOfThisLife(leafCsum)) {
            return Optional.empty();
        }
        Optional<LostChain> linked = linked();
        boolean isFound = linked.filter(LostChain::hasFirst).isPresent();
        return isFound ? linked : inlined().or(() -> linked);
    }

    private Optional<LostChain> linked() {
        long stream = NodeLayout.streamSequence(page);
        long own = NodeLayout.sequence(page);
        Optional<LostChain> found =
                follow(stream).filter(chain -> own == stream || chain.hasFirst());
        return found.isPresent() ? found : follow(own).filter(LostChain::hasFirst);
    }

    /** Entries of the page itself, as far as the pages that they name prove them. */
    private Optional<LostChain> inlined() {
        int inUse = NodeLayout.inlineEntriesInUse(page);
        long claimed = NodeLayout.pages(page);
        boolean isPossible = claimed > inUse && claimed <= NodeLayout.INLINE_ENTRIES_MAX;
        long[] entries = Chain.entries(page, isPossible ? (int) claimed : inUse);
        boolean isAnyThere = false;
        for (int i = 0; i < entries.length; i += 2) {
            if (isThere((int) (entries[i] >>> Integer.SIZE), entries[i + 1])) {
                isAnyThere = true;
            } else {
                entries[i + 1] = 0;
            }
        }
        if (!isAnyThere) {
            return Optional.empty();
        }
        Chain chain = Chain.ofInlined(NodeLayout.streamSequence(page), entries);
        LostChain stream = LostChain.of(frames, uuid, frameCount, chain);
        stream.follow();
        return Optional.of(stream);
    }

    private boolean isThere(int csum, long dataPfn) {
        if (!isUsable(dataPfn)) {
            return false;
        }
        try {
            frames.read(dataPfn, data);
            return checksum.ofPage(data) == csum;
        } catch (StoreException e) {
            return false; // as lost as one that does not verify
        }
    }

    /** A repair that finds a node page without a leaf entry makes it one with the sum inverted. */
    private boolean isOfThisLife(int leafCsum) {
        int stored = MetadataPage.csum(page);
        int sum = checksum.ofNode(uuid, pfn, NodeLayout.sequence(page), page);
        return stored == leafCsum || sum == leafCsum || sum == stored && stored == ~leafCsum;
    }

    private Optional<LostChain> follow(long sequence) {
        if (sequence <= 0) {
            return Optional.empty();
        }
        Chain chain = new Chain(NodeLayout.linkPfn(page), sequence, Chain.UNKNOWN_PAGES);
        LostChain stream = new LostChain(frames, uuid, frameCount, chain, NodeLayout.pages(page));
        stream.follow();
        return Optional.of(stream);
    }

    /** Bytes of a stream of so many pages: as the page says, if that can be. */
    long length(long pages) {
        long claimed = isReadable ? NodeLayout.length(page) : 0;
        boolean isPossible = claimed >= 0 && Math.ceilDiv(claimed, FileLayout.FRAME_BYTES) == pages;
        return isPossible ? claimed : pages * FileLayout.FRAME_BYTES;
    }
}
