package io.pramd.daemon.node;

import io.pramd.daemon.node.ChainReader.Chain;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Immutable. What is left of a damaged node's chain: the links that verify, by position, wherever
 * they were found. They and the pages they name are not handed out as long as the node is there.
 */
public final class KeptChain {
    private final Chain chain;
    private final long[] positions;
    private final long[] pfns;
    private final long pages;

    /** One owner. Collects links in the order of their positions. */
    public static final class Builder {
        private final Chain chain;
        private long[] positions = new long[8];
        private long[] pfns = new long[8];
        private int links;
        private long pages;

        /**
         * @param chain of the stream as a whole, its length known
         */
        public Builder(Chain chain) {
            this.chain = chain;
        }

        public void add(long position, long pfn, int entries) {
            if (links == pfns.length) {
                positions = Arrays.copyOf(positions, links * 2);
                pfns = Arrays.copyOf(pfns, links * 2);
            }
            positions[links] = position;
            pfns[links] = pfn;
            links++;
            pages += entries;
        }

        public KeptChain build() {
            return new KeptChain(this);
        }
    }

    private KeptChain(Builder builder) {
        chain = builder.chain;
        positions = Arrays.copyOf(builder.positions, builder.links);
        pfns = Arrays.copyOf(builder.pfns, builder.links);
        pages = builder.pages;
    }

    /** Nothing but the node page. */
    public static KeptChain none() {
        return new Builder(new Chain(0, 0, 0)).build();
    }

    /** The stream as a whole, as far as that is known. */
    public Chain chain() {
        return chain;
    }

    public int links() {
        return positions.length;
    }

    /** The place in the chain of the link of an index, from 0. */
    public long position(int index) {
        return positions[index];
    }

    /** The frame of the link of an index; 0 for entries of the node page. */
    public long pfn(int index) {
        return pfns[index];
    }

    /** The frame of the link at a position, 0 for entries of the node page; empty: it is lost. */
    public OptionalLong pfnAt(long position) {
        int index = Arrays.binarySearch(positions, position);
        return index < 0 ? OptionalLong.empty() : OptionalLong.of(pfns[index]);
    }

    /** Pages that the links name. */
    public long pages() {
        return pages;
    }

    /** Frames of the links and their pages. */
    public long frames() {
        return (chain.isInlined() ? 0 : links()) + pages;
    }

    /** How much of the stream was found, in words. */
    public String text() {
        return "pages found: " + pages + " of " + chain.pages();
    }
}
