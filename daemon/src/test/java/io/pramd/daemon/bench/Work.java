package io.pramd.daemon.bench;

import java.util.Locale;
import java.util.Random;

/**
 * Immutable. What one job moves: so many nodes of one length, over so many connections, and so many
 * at once on each of them.
 */
record Work(int nodes, long nodeBytes, int connections, int depth) {
    static final int PAGE_BYTES = 4096;

    /** What is handed to a store, or taken from it, at a time. */
    static final int CHUNK_BYTES = 1 << 20;

    private static final int LINK_PAGES = 255;
    private static final double DIRECTORY_SHARE = 1.03;
    private static final int SPARE_MEBIBYTES = 64;

    /** One after the other. */
    static Work of(long nodes, long nodeBytes) {
        return new Work(Math.toIntExact(nodes), nodeBytes, 1, 1);
    }

    /** So many bytes in nodes of that length, or in one node of them all. */
    static Work ofMebibytes(int mebibytes, int nodeMebibytes) {
        int each = Math.min(mebibytes, nodeMebibytes);
        return of(mebibytes / each, (long) each << 20);
    }

    int atOnce() {
        return connections * depth;
    }

    long bytes() {
        return nodes * nodeBytes;
    }

    /** Big nodes are counted by their bytes. */
    Unit unit() {
        return nodeBytes < CHUNK_BYTES ? Unit.NODE : Unit.GIB;
    }

    /** In its unit. */
    double amount() {
        return unit() == Unit.NODE ? nodes : bytes() / (double) (1 << 30);
    }

    /** Room for two of each, since what is dropped need not be free at once. */
    long memoryMebibytes() {
        return 2 * memoryMebibytesOnce();
    }

    /** Room for each once, and some more. */
    long memoryMebibytesOnce() {
        long pages = nodeBytes / PAGE_BYTES;
        long links = pages / LINK_PAGES + 1;
        double bytes = (1 + links + pages) * DIRECTORY_SHARE * nodes * PAGE_BYTES;
        return (long) bytes / CHUNK_BYTES + SPARE_MEBIBYTES;
    }

    Work with(int otherConnections, int otherDepth) {
        return new Work(nodes, nodeBytes, otherConnections, otherDepth);
    }

    /** A page, or whatever a node has up to a chunk: the same in every node. */
    byte[] content() {
        byte[] content = new byte[(int) Math.min(nodeBytes, CHUNK_BYTES)];
        new Random(1).nextBytes(content);
        return content;
    }

    static String name(int index) {
        return "node-" + index;
    }

    /** Such as {@code 10,000 nodes of 4 KiB, 16 connections, 16 deep}. */
    String title() {
        String what =
                String.format(
                        Locale.ROOT,
                        nodes == 1 ? "one node of %2$s" : "%,d nodes of %s",
                        nodes,
                        size(nodeBytes));
        String many = connections == 1 ? "" : ", " + connections + " connections";
        return what + many + (depth == 1 ? "" : ", " + depth + " deep");
    }

    private static String size(long bytes) {
        return bytes < CHUNK_BYTES ? bytes / 1024 + " KiB" : bytes / CHUNK_BYTES + " MiB";
    }
}
