package io.pramd.daemon.cut;

/** Immutable once it is handed on. All pages of a memory file as a start may find them. */
final class Image {
    private final Page[] pages;

    Image(Page[] pages) {
        this.pages = pages;
    }

    int frames() {
        return pages.length;
    }

    Page page(int pfn) {
        return pages[pfn];
    }

    /** The same with one page replaced. */
    Image with(int pfn, Page page) {
        Page[] changed = pages.clone();
        changed[pfn] = page;
        return new Image(changed);
    }

    Page[] copy() {
        return pages.clone();
    }

    /** Tells images apart. */
    long hash() {
        long hash = 0;
        for (int pfn = 0; pfn < pages.length; pfn++) {
            hash += Page.mix(pages[pfn].hash() + pfn * 0xD1342543DE82EF95L);
        }
        return hash;
    }
}
