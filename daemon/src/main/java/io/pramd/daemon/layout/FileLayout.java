package io.pramd.daemon.layout;

import java.util.List;

/**
 * Immutable. The fixed places of a memory file and the sizes that everything else is counted in.
 */
public final class FileLayout {
    /** Bytes of a frame and of a page. */
    public static final int FRAME_BYTES = 4096;

    /** The version this code writes and reads. Frozen: what comes later has a feature bit. */
    public static final int FORMAT_VERSION = 1;

    public static final long SUPER_BLOCK_PFN = 0;
    public static final List<Long> CURRENT_SLOT_PFNS = List.of(1L, 2L);
    public static final List<Long> FORCED_SLOT_PFNS = List.of(3L, 4L);
    public static final List<Long> SEQUENCE_RECORD_PFNS = List.of(5L, 6L);
    public static final long RUN_RECORD_PFN = 7;

    /**
     * Frames at the beginning of the file that are never handed out; those not named above are
     * zero.
     */
    public static final int FIXED_FRAMES = 16;

    /** The second copy of fixed frame n is frame n + 512, whatever the file's size. */
    public static final int SECOND_COPY_DISTANCE = 512;

    /** Smallest file: 4 MiB. */
    public static final long FRAMES_MIN = 1024;

    /** Largest file: what a 48-bit pfn of an inner directory entry can name. */
    public static final long FRAMES_MAX = 1L << 48;

    private FileLayout() {}

    /**
     * Whether the frame belongs to the super block, the root slots, the records, or their second
     * copies.
     */
    public static boolean isFixed(long pfn) {
        return (pfn >= 0 && pfn < FIXED_FRAMES)
                || (pfn >= SECOND_COPY_DISTANCE && pfn < SECOND_COPY_DISTANCE + FIXED_FRAMES);
    }

    /** Frames that can hold data or metadata: all but the fixed ones and their copies. */
    public static long usableFrames(long frameCount) {
        return frameCount - 2L * FIXED_FRAMES;
    }

    public static long fileOffset(long pfn) {
        return pfn * FRAME_BYTES;
    }
}
