package io.pramd.daemon.node;

import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.LinkPositions;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader.Chain;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One owner. Looks for what is left of a damaged stream: along the chain, over a link that does not
 * verify as far as its own pointer still leads to one that does, and among links that somebody
 * comes across elsewhere. Each is verified against its place, so that it is the stream's own.
 */
public final class LostChain {
    private final FrameReader frames;
    private final long frameCount;
    private final Chain chain;
    private final long pagesClaimed;
    private final ChainReader links;
    private final ByteBuffer page = MetadataPage.allocate();
    private final PageChecksum checksum = new PageChecksum();
    private final TreeMap<Long, Link> sure = new TreeMap<>();
    private final TreeMap<Long, List<Link>> offered = new TreeMap<>();
    private boolean isTrailLost;

    /** A link that verifies at its position. */
    private record Link(long position, long pfn, long nextPfn, int entries) {}

    /**
     * @param chain its length may be unknown
     * @param pagesClaimed what a node page that does not verify says of an unknown length
     */
    LostChain(FrameReader frames, byte[] uuid, long frameCount, Chain chain, long pagesClaimed) {
        this.frames = frames;
        this.frameCount = frameCount;
        this.chain = chain;
        this.pagesClaimed = pagesClaimed;
        this.links = new ChainReader(frames, uuid, frameCount, chain);
    }

    /** Of a node whose page verifies. */
    public static LostChain of(FrameReader frames, byte[] uuid, long frameCount, Chain chain) {
        return new LostChain(frames, uuid, frameCount, chain, chain.pages());
    }

    /** Follows the chain from its first link as far as that is possible. */
    public void follow() {
        long position = 0;
        long pfn = chain.firstLinkPfn();
        while (position < positionsMax() && (chain.isLengthKnown() || pfn != 0)) {
            if (take(position, pfn)) {
                position++;
            } else if (position + 1 < positionsMax() && take(position + 1, pointerOf(pfn))) {
                position += 2;
            } else {
                isTrailLost = !chain.isLengthKnown() || position + 1 < chain.links();
                return;
            }
            pfn = links.nextPfn();
        }
    }

    private boolean take(long position, long pfn) {
        if (!verifies(position, pfn)) {
            return false;
        }
        sure.put(position, read(position, pfn));
        return true;
    }

    private boolean verifies(long position, long pfn) {
        links.jumpTo(position, pfn);
        try {
            links.next();
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    private Link read(long position, long pfn) {
        return new Link(position, pfn, links.nextPfn(), links.entriesFound());
    }

    /** Where a link that does not verify says that the next one is: a claim. */
    private long pointerOf(long pfn) {
        if (pfn <= 0 || pfn >= frameCount) {
            return 0;
        }
        try {
            frames.read(pfn, page);
        } catch (StoreException e) {
            return 0;
        }
        return LinkLayout.linkPfn(page);
    }

    private long positionsMax() {
        if (chain.isLengthKnown()) {
            return Math.min(chain.links(), frameCount);
        }
        boolean isPlausible = pagesClaimed > 0 && pagesClaimed <= frameCount;
        return isPlausible && isTrailLost ? LinkLayout.linksFor(pagesClaimed) : frameCount;
    }

    /** Whether the first link verifies. */
    boolean hasFirst() {
        return sure.containsKey(0L);
    }

    /** Whether links may be anywhere. */
    public boolean isTrailLost() {
        return isTrailLost;
    }

    /** A link that was come across: keeps it in mind if it is this stream's. */
    void offer(long pfn, LinkPositions places) {
        long position = places.positionIn(chain.streamSequence());
        if (position < positionsMax() && !sure.containsKey(position) && verifies(position, pfn)) {
            offered.computeIfAbsent(position, none -> new ArrayList<>(1)).add(read(position, pfn));
        }
    }

    /**
     * Decides which of the links that were come across belong here. With very many places one of an
     * earlier stream may verify at some by chance, but not together with its neighbours.
     */
    public KeptChain settle() {
        for (List<Link> links : List.copyOf(offered.values())) {
            List<Link> supported = links.stream().filter(this::hasNeighbour).toList();
            best(supported).ifPresent(link -> sure.put(link.position(), link));
        }
        for (List<Link> links : offered.values()) {
            Link alone = links.getFirst();
            if (chain.isLengthKnown() && links.size() == 1 && !isContradicted(alone)) {
                sure.putIfAbsent(alone.position(), alone);
            }
        }
        offered.clear();
        return kept();
    }

    /**
     * What was moved may have left its former links, which verify as well; but the frames that they
     * name may be others' by now. Whatever verifies of the pages is the stream's.
     */
    private Optional<Link> best(List<Link> supported) {
        if (supported.size() <= 1) {
            return supported.stream().findFirst();
        }
        Optional<Link> best = Optional.empty();
        int most = 0;
        for (Link link : supported) {
            int whole = wholePages(link);
            if (whole > most) {
                most = whole;
                best = Optional.of(link);
            }
        }
        return best;
    }

    private int wholePages(Link link) {
        if (!verifies(link.position(), link.pfn())) {
            return 0;
        }
        int whole = 0;
        for (int entry = 0; entry < links.entries(); entry++) {
            whole += isWhole(links.entryPfn(entry), links.entryCsum(entry)) ? 1 : 0;
        }
        return whole;
    }

    private boolean isWhole(long pfn, int csum) {
        try {
            frames.read(pfn, page);
            return checksum.ofPage(page) == csum;
        } catch (StoreException e) {
            return false;
        }
    }

    private boolean hasNeighbour(Link link) {
        return isEnd(link)
                || at(link.position() - 1).stream().anyMatch(one -> one.nextPfn() == link.pfn())
                || at(link.position() + 1).stream().anyMatch(one -> one.pfn() == link.nextPfn());
    }

    /** Whether it ends where the stream does, as the node page says or claims. */
    private boolean isEnd(Link link) {
        long end = link.position() * LinkLayout.ENTRIES + link.entries();
        return link.nextPfn() == 0 && end == pagesClaimed;
    }

    private List<Link> at(long position) {
        Link known = sure.get(position);
        return known == null ? offered.getOrDefault(position, List.of()) : List.of(known);
    }

    private boolean isContradicted(Link link) {
        Link before = sure.get(link.position() - 1);
        Link behind = sure.get(link.position() + 1);
        return before != null && before.nextPfn() != link.pfn()
                || behind != null && behind.pfn() != link.nextPfn();
    }

    private KeptChain kept() {
        Chain whole =
                chain.isInlined()
                        ? chain
                        : new Chain(chain.firstLinkPfn(), chain.streamSequence(), length());
        KeptChain.Builder kept = new KeptChain.Builder(whole);
        sure.values().forEach(link -> kept.add(link.position(), link.pfn(), link.entries()));
        return kept.build();
    }

    private long length() {
        if (chain.isLengthKnown()) {
            return chain.pages();
        }
        if (sure.isEmpty()) {
            return 0;
        }
        Link last = sure.lastEntry().getValue();
        long found = last.position() * LinkLayout.ENTRIES + last.entries();
        boolean isEnd = last.nextPfn() == 0;
        return isEnd || pagesClaimed > frameCount ? found : Math.max(found, pagesClaimed);
    }
}
