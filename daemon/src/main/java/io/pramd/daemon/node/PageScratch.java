package io.pramd.daemon.node;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.PageChecksum;
import java.nio.ByteBuffer;

/**
 * One owner: the thread. What it builds and sums pages in, for streams that are too many to have
 * pages of their own. Nothing stays in it from one call to the next.
 */
final class PageScratch {
    private static final ThreadLocal<PageScratch> OF_THREAD =
            ThreadLocal.withInitial(PageScratch::new);

    private final ByteBuffer page = MetadataPage.allocate();
    private final PageChecksum checksum = new PageChecksum();

    private PageScratch() {}

    static PageScratch ofThread() {
        return OF_THREAD.get();
    }

    ByteBuffer page() {
        return page;
    }

    PageChecksum checksum() {
        return checksum;
    }
}
