package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.LinkPositions;
import io.pramd.daemon.memory.StoreException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * One owner. Reads frames from the first to the last and shows their links to damaged streams whose
 * trail is lost. As fast as the file can be read; the streams hardly matter.
 */
public final class LinkScan {
    private final FrameReader frames;
    private final long frameCount;
    private final LinkPositions places;
    private final ByteBuffer page = MetadataPage.allocate();
    private volatile long framesDone;

    public LinkScan(FrameReader frames, byte[] uuid, long frameCount) {
        this.frames = frames;
        this.frameCount = frameCount;
        this.places = new LinkPositions(uuid);
    }

    /** Shows the links in all frames that may hold one. */
    public void run(LongPredicate isCandidate, List<LostChain> streams) {
        for (long pfn = 0; pfn < frameCount; pfn++) {
            if (!FileLayout.isFixed(pfn) && isCandidate.test(pfn) && isLink(pfn)) {
                places.look(pfn, page);
                for (LostChain stream : streams) {
                    stream.offer(pfn, places);
                }
            }
            framesDone = pfn + 1;
        }
    }

    private boolean isLink(long pfn) {
        try {
            frames.read(pfn, page);
        } catch (StoreException e) {
            return false; // what cannot be read is lost
        }
        return MetadataPage.magic(page) == Magic.LINK.number();
    }

    /** Frames looked at so far; for any thread. */
    public long framesDone() {
        return framesDone;
    }
}
