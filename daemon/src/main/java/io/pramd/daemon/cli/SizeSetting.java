package io.pramd.daemon.cli;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.recovery.FirstContents;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Immutable. How large a memory file is to be created.
 *
 * @param size null: it must be there
 */
record SizeSetting(Path memory, ByteSize size) {
    static final String KEY = "size";

    private static final Logger LOG = LoggerFactory.getLogger(SizeSetting.class);

    /**
     * @throws io.pramd.daemon.memory.StoreException EINVAL for a size that no memory file can have
     */
    void requirePossible() {
        if (size != null) {
            FirstContents.requireSize(size.bytes());
        }
    }

    /** Warns where the file that is there has another size, and says what gives it this one. */
    void warnOfOther(long bytesNow) {
        if (size == null || frames(size.bytes()) == frames(bytesNow)) {
            return;
        }
        LOG.warn(
                "--size {} only creates: {} keeps its size {}; {}",
                size,
                memory,
                new ByteSize(bytesNow),
                size.bytes() > bytesNow
                        ? "'pram grow " + size.bytes() + "' makes it larger"
                        : "'pramd shrink' makes it smaller while nobody serves it");
    }

    private static long frames(long bytes) {
        return bytes / FileLayout.FRAME_BYTES;
    }
}
