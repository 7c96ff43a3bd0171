package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** One owner, handed from a backup to who sends it, and back. Frames and where they belong. */
public final class FrameBatch {
    /** With the longest texts, and as many runs as frames, fewer bytes than a message may have. */
    private static final int DAMAGE_MAX = 48;

    private final ByteBuffer pages;
    private final long[] pfns;
    private final int[] csums;
    private final List<String> damage = new ArrayList<>();
    private int count;
    private boolean isLast;
    private long framesBefore;

    FrameBatch(int framesMax) {
        pages = ByteBuffer.allocate(framesMax * FileLayout.FRAME_BYTES);
        pfns = new long[framesMax];
        csums = new int[framesMax];
    }

    /** Empty, behind so many frames in earlier ones. */
    void begin(long framesSent) {
        count = 0;
        isLast = false;
        framesBefore = framesSent;
        damage.clear();
    }

    /** How many more may be said to be damaged, so that all of it fits a message. */
    int damageRoom() {
        return Math.max(0, DAMAGE_MAX - damage.size());
    }

    /** Where the bytes of the next frames go, before they are added. */
    ByteBuffer place(int frames) {
        int at = count * FileLayout.FRAME_BYTES;
        return pages.slice(at, frames * FileLayout.FRAME_BYTES);
    }

    /** The next place holds this frame. */
    void add(long pfn, int csum) {
        pfns[count] = pfn;
        csums[count] = csum;
        count++;
    }

    void add(long pfn, int csum, ByteBuffer page) {
        place(1).put(page.duplicate().clear());
        add(pfn, csum);
    }

    void damaged(String what) {
        damage.add(what);
    }

    void last() {
        isLast = true;
    }

    /** Whether the backup is whole with these. */
    public boolean isLast() {
        return isLast;
    }

    public int count() {
        return count;
    }

    public long pfn(int index) {
        return pfns[index];
    }

    /** CRC32C of the bytes of a frame, as they are here. */
    public int csum(int index) {
        return csums[index];
    }

    /** Bytes of all frames, one behind the other. */
    public ByteBuffer pages() {
        return pages.duplicate().position(0).limit(count * FileLayout.FRAME_BYTES);
    }

    /** Frames of the whole backup so far, these included. */
    public long framesSent() {
        return framesBefore + count;
    }

    /** What does not verify among these, in words. */
    public List<String> damage() {
        return List.copyOf(damage);
    }

    static ByteBuffer copyOf(ByteBuffer page) {
        return MetadataPage.allocate().put(page.duplicate().clear()).clear();
    }
}
