package io.pramd.daemon.node;

import io.pramd.daemon.node.Root.PageRef;
import java.util.Arrays;

/**
 * One owner. The directory pages of one level, in order, as their parents name them, with the root
 * that bore each.
 */
final class TreeLevel {
    private PageRef[] pages = new PageRef[1];
    private long[] births = new long[1];

    PageRef page(int index) {
        return index < pages.length && pages[index] != null ? pages[index] : PageRef.NONE;
    }

    /** Sequence of the root that first reached the page; 0 when it was found by the opening. */
    long birth(int index) {
        return index < births.length ? births[index] : 0;
    }

    void set(int index, PageRef page, long birth) {
        if (index >= pages.length) {
            int length = Math.max(index + 1, pages.length * 2);
            pages = Arrays.copyOf(pages, length);
            births = Arrays.copyOf(births, length);
        }
        pages[index] = page;
        births[index] = birth;
    }
}
