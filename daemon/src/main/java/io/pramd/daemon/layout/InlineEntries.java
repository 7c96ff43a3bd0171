package io.pramd.daemon.layout;

/**
 * Immutable. Which streams of a file have their entries in the node page, and no links.
 *
 * @param pagesMax the longest of them; 0 in a file without the feature
 */
public record InlineEntries(int pagesMax) {
    /** Of a file without {@link SuperBlockLayout#INLINE_ENTRIES}. */
    public static final InlineEntries NONE = new InlineEntries(0);

    /** Of a file with {@link SuperBlockLayout#INLINE_ENTRIES}. */
    public static final InlineEntries OF_FEATURE = new InlineEntries(NodeLayout.INLINE_ENTRIES_MAX);

    /** Links that a stream of so many pages takes. */
    public long linksFor(long pages) {
        return pages <= pagesMax ? 0 : LinkLayout.linksFor(pages);
    }
}
