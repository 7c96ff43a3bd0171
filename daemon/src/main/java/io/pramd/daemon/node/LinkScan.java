package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.LinkPositions;
import io.pramd.daemon.memory.StoreException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * One owner. Reads frames from the first to the last and shows their links to damaged streams whose
 * trail is lost. As fast as the file can be read; the streams hardly matter.
 */
public final class LinkScan {
    /** Read at a time: 1 MiB. */
    private static final int RUN_FRAMES = 256;

    private final FrameReader frames;
    private final long frameCount;
    private final LinkPositions places;
    private final ByteBuffer run =
            ByteBuffer.allocate(RUN_FRAMES * FileLayout.FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private volatile long framesDone;

    public LinkScan(FrameReader frames, byte[] uuid, long frameCount) {
        this.frames = frames;
        this.frameCount = frameCount;
        this.places = new LinkPositions(uuid);
    }

    /** Shows the links in all frames that may hold one. */
    public void run(LongPredicate isCandidate, List<LostChain> streams) {
        LongPredicate isWanted = pfn -> !FileLayout.isFixed(pfn) && isCandidate.test(pfn);
        for (long begin = 0; begin < frameCount; begin += RUN_FRAMES) {
            long first = begin;
            long end = Math.min(begin + RUN_FRAMES, frameCount);
            while (first < end && !isWanted.test(first)) {
                first++;
            }
            while (first < end && !isWanted.test(end - 1)) {
                end--;
            }
            if (first < end) {
                show(first, (int) (end - first), isWanted, streams);
            }
            framesDone = Math.min(begin + RUN_FRAMES, frameCount);
        }
    }

    private void show(long first, int count, LongPredicate isWanted, List<LostChain> streams) {
        boolean isRead = read(first, count);
        for (int i = 0; i < count; i++) {
            long pfn = first + i;
            int at = i * FileLayout.FRAME_BYTES;
            if (isWanted.test(pfn) && (isRead || readAlone(pfn, at))) {
                show(pfn, run.slice(at, FileLayout.FRAME_BYTES).order(run.order()), streams);
            }
        }
    }

    private void show(long pfn, ByteBuffer page, List<LostChain> streams) {
        if (MetadataPage.magic(page) != Magic.LINK.number()) {
            return;
        }
        places.look(pfn, page);
        for (LostChain stream : streams) {
            stream.offer(pfn, places);
        }
    }

    private boolean read(long first, int count) {
        try {
            frames.readRun(first, run.clear().limit(count * FileLayout.FRAME_BYTES));
            return true;
        } catch (StoreException e) {
            return false; // some of them cannot be read: one by one then
        } finally {
            run.clear();
        }
    }

    private boolean readAlone(long pfn, int at) {
        try {
            frames.read(pfn, run.slice(at, FileLayout.FRAME_BYTES));
            return true;
        } catch (StoreException e) {
            return false; // what cannot be read is lost
        }
    }

    /** Frames looked at so far; for any thread. */
    public long framesDone() {
        return framesDone;
    }
}
