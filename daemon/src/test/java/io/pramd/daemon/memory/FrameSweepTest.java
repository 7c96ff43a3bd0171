package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameSweepTest {
    private static final long BAD = 77;

    private final List<String> reads = new ArrayList<>();
    private final FrameSweep sweep = new FrameSweep(new Numbered());

    /** Frames that begin with their own number, one of which cannot be read. */
    private final class Numbered implements FrameReader {
        @Override
        public void read(long pfn, ByteBuffer page) {
            reads.add("" + pfn);
            requireGood(pfn);
            page.putLong(0, pfn);
        }

        @Override
        public void readRun(long pfn, ByteBuffer pages) {
            int count = pages.remaining() / FileLayout.FRAME_BYTES;
            reads.add(pfn + "+" + count);
            for (int i = 0; i < count; i++) {
                requireGood(pfn + i);
                pages.slice(i * FileLayout.FRAME_BYTES, Long.BYTES)
                        .order(MetadataPage.allocate().order())
                        .putLong(0, pfn + i);
            }
        }

        private static void requireGood(long pfn) {
            if (pfn == BAD) {
                throw StoreException.of(Errno.EIO, "cannot be read");
            }
        }
    }

    private long read(long pfn) {
        ByteBuffer page = MetadataPage.allocate();
        sweep.read(pfn, page);
        return page.getLong(0);
    }

    @Test
    void readsNeighboursAtOnceAndOthersAlone() {
        sweep.expect(new long[] {1000, 10, 12, 11, 19, 100});
        for (long pfn : new long[] {10, 11, 12, 19, 100, 1000}) {
            assertThat(read(pfn)).isEqualTo(pfn);
        }
        assertThat(reads).containsExactly("10+10", "100", "1000");
    }

    @Test
    void readsWhatWasNotExpectedAlone() {
        sweep.expect(new long[] {10, 11});
        assertThat(read(50)).isEqualTo(50);
        assertThat(read(11)).isEqualTo(11);
        assertThat(read(10)).isEqualTo(10);
        assertThat(reads).containsExactly("50", "11", "10+2");
    }

    @Test
    void failsForTheFrameOnlyThatCannotBeRead() {
        sweep.expect(new long[] {76, BAD, 78});
        assertThat(read(76)).isEqualTo(76);
        assertThatThrownBy(() -> read(BAD)).isInstanceOf(StoreException.class);
        assertThat(read(78)).isEqualTo(78);
    }

    @Test
    void readsNoMoreAtOnceThanItHasRoomFor() {
        long[] pfns = new long[200];
        for (int i = 0; i < pfns.length; i++) {
            pfns[i] = 200 + i;
        }
        sweep.expect(pfns);
        for (long pfn : pfns) {
            assertThat(read(pfn)).isEqualTo(pfn);
        }
        assertThat(reads).containsExactly("200+64", "264+64", "328+64", "392+8");
    }
}
