package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FrameAllocator;

/**
 * The stream's owner only. How many frames to ask for: what was declared and is not there yet; of a
 * stream that declared nothing, twice as many each time.
 */
final class FrameDemand {
    private static final int FIRST_FRAMES = 16;

    private final long declaredBytes;

    private int nextFrames = FIRST_FRAMES;

    FrameDemand(long declaredBytes) {
        this.declaredBytes = declaredBytes;
    }

    /** For pages that are expected, before any has come. */
    int first() {
        nextFrames = ahead(0);
        return nextFrames;
    }

    /** For pages that have come and have no frame. */
    int next() {
        return nextFrames;
    }

    void granted() {
        nextFrames = Math.min(nextFrames * 2, FrameAllocator.EXTENT_FRAMES_MAX);
    }

    /** Whether more pages are expected than those that have come and fill this grant. */
    boolean goesBeyond(long pages, int grantedFrames) {
        if (declaredBytes == SaveRequest.UNDECLARED) {
            return grantedFrames > FIRST_FRAMES;
        }
        return declaredBytes > (pages + grantedFrames) * FileLayout.FRAME_BYTES;
    }

    /** For what follows so many pages. */
    int ahead(long pages) {
        if (declaredBytes == SaveRequest.UNDECLARED) {
            return nextFrames;
        }
        long left = Math.ceilDiv(declaredBytes, FileLayout.FRAME_BYTES) - pages;
        return Math.clamp(left, 1, FrameAllocator.EXTENT_FRAMES_MAX);
    }
}
