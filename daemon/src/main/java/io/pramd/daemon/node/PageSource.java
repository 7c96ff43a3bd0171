package io.pramd.daemon.node;

/** Thread-safe. Where a load stream has its pages from. Blocks for cold pages; for workers only. */
interface PageSource {
    /** A batch from that page on, not empty unless that is asked for or behind the end. */
    PageBatch read(long firstPage, int pages, Runnable unpin);

    /** The same, from any thread; null when it could block. */
    default PageBatch readAtOnce(long firstPage, int pages, Runnable unpin) {
        return null;
    }

    /** Reads a page again that the loader says is bad. */
    BadPage recheck(long pageIndex);
}
