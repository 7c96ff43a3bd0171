package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.StoreException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * One owner. Finds links and node pages that nothing reaches, among the frames before the end that
 * a file shall have. What was never stored holds zeros, and is not read.
 */
final class RemainsScan {
    /** Read at a time: 1 MiB. */
    private static final int RUN_FRAMES = 256;

    private final RestingFile file;
    private final long end;
    private final ByteBuffer pages = ByteBuffer.allocate(RUN_FRAMES * FileLayout.FRAME_BYTES);

    RemainsScan(RestingFile file, long end) {
        this.file = file;
        this.end = end;
    }

    /** Shows each in a free frame, in the order of the file. */
    void run(LongPredicate isFree, LongConsumer remains) {
        LongPredicate isWanted = pfn -> !FileLayout.isFixed(pfn) && isFree.test(pfn);
        BitSet runs = storedRuns();
        for (int run = runs.nextSetBit(0); run >= 0; run = runs.nextSetBit(run + 1)) {
            long first = (long) run * RUN_FRAMES;
            long behind = Math.min(first + RUN_FRAMES, end);
            while (first < behind && !isWanted.test(first)) {
                first++;
            }
            while (first < behind && !isWanted.test(behind - 1)) {
                behind--;
            }
            if (first < behind) {
                show(first, (int) (behind - first), isWanted, remains);
            }
        }
    }

    /**
     * Those with a frame that may have been stored, all of them before one is read: the kernel
     * reads ahead, what it has read counts as stored, and so one stored frame could lead on to the
     * end of the file.
     */
    private BitSet storedRuns() {
        BitSet runs = new BitSet();
        long pfn = file.nextStored(0);
        while (pfn >= 0 && pfn < end) {
            int run = Math.toIntExact(pfn / RUN_FRAMES);
            runs.set(run);
            pfn = file.nextStored((run + 1L) * RUN_FRAMES);
        }
        return runs;
    }

    private void show(long first, int count, LongPredicate isWanted, LongConsumer remains) {
        boolean isRead = read(first, count);
        for (int i = 0; i < count; i++) {
            long pfn = first + i;
            ByteBuffer page = page(i);
            if (isWanted.test(pfn) && (isRead || readAlone(pfn, page)) && isOfANode(page)) {
                remains.accept(pfn);
            }
        }
    }

    private ByteBuffer page(int index) {
        return pages.slice(index * FileLayout.FRAME_BYTES, FileLayout.FRAME_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private boolean read(long first, int count) {
        try {
            file.readRun(first, pages.clear().limit(count * FileLayout.FRAME_BYTES));
            return true;
        } catch (StoreException e) {
            return false; // some of them cannot be read: one by one then
        } finally {
            pages.clear();
        }
    }

    private boolean readAlone(long pfn, ByteBuffer page) {
        try {
            file.read(pfn, page);
            return true;
        } catch (StoreException e) {
            return false; // no search can read it either
        }
    }

    private static boolean isOfANode(ByteBuffer page) {
        int magic = MetadataPage.magic(page);
        return magic == Magic.LINK.number() || magic == Magic.NODE.number();
    }
}
