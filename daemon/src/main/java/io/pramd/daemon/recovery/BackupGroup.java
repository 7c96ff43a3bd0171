package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.LinkLayout;
import java.nio.ByteBuffer;

/**
 * One owner. Frames that go into a backup next: metadata pages with their bytes, data pages with
 * the sum that is stored for them, or frames that are taken as they are.
 */
final class BackupGroup {
    private static final int FRAMES_MAX = 3 + LinkLayout.ENTRIES;
    private static final int NO_PAGE = -1;

    private final long[] pfns = new long[FRAMES_MAX];
    private final int[] csums = new int[FRAMES_MAX];
    private final long[] dataPages = new long[FRAMES_MAX];
    private final ByteBuffer[] contents = new ByteBuffer[FRAMES_MAX];
    private String node = "";
    private int count;
    private int next;

    void clear(String ofNode) {
        node = ofNode;
        count = 0;
        next = 0;
    }

    /** A page with its bytes, which are not copied. */
    void content(long pfn, ByteBuffer page) {
        put(pfn, 0, NO_PAGE, page);
    }

    /** A frame of which nothing is known. */
    void raw(long pfn) {
        put(pfn, 0, NO_PAGE, null);
    }

    /** A data page of the node. */
    void data(long pfn, int csum, long pageIndex) {
        put(pfn, csum, pageIndex, null);
    }

    private void put(long pfn, int csum, long pageIndex, ByteBuffer content) {
        pfns[count] = pfn;
        csums[count] = csum;
        dataPages[count] = pageIndex;
        contents[count] = content;
        count++;
    }

    boolean hasNext() {
        return next < count;
    }

    void skip(int frames) {
        next += frames;
    }

    long pfn(int ahead) {
        return pfns[next + ahead];
    }

    /** The bytes, if they are known. */
    ByteBuffer content() {
        return contents[next];
    }

    /** Frames from the next one on that lie side by side and are to be read; at most so many. */
    int run(int most) {
        int run = 1;
        while (run < most
                && next + run < count
                && contents[next + run] == null
                && pfns[next + run] == pfns[next] + run) {
            run++;
        }
        return run;
    }

    boolean isData(int ahead) {
        return dataPages[next + ahead] != NO_PAGE;
    }

    int csum(int ahead) {
        return csums[next + ahead];
    }

    /** What a frame is, for people. */
    String text(int ahead) {
        return isData(ahead)
                ? "data page: node=" + node + " page=" + dataPages[next + ahead] + pfnText(ahead)
                : "metadata page: node=" + node + pfnText(ahead);
    }

    private String pfnText(int ahead) {
        return " pfn=" + pfn(ahead);
    }
}
