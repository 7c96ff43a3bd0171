package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;

/** Immutable. Which lengths so many pages may have. */
final class StreamLength {
    private StreamLength() {}

    /**
     * @param isComplete whether all pages have come
     * @throws StoreException EINVAL
     */
    static void requireFits(NodeType type, long length, long pages, boolean isComplete) {
        long fits = pages * FileLayout.FRAME_BYTES;
        boolean isRight =
                type == NodeType.PAGE
                        ? length == fits
                        : length <= fits && length > fits - FileLayout.FRAME_BYTES && length >= 0;
        if (!isRight || !isComplete) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "length does not fit the pages: length="
                            + length
                            + " pages="
                            + pages
                            + " bytes="
                            + fits);
        }
    }
}
