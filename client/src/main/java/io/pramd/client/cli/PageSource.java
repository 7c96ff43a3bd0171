package io.pramd.client.cli;

import io.pramd.client.PageReader;
import io.pramd.client.SalvageStream;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.WireLimits;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/** One owner: the pages of a node that is exported, from the first, and again from the first. */
interface PageSource extends AutoCloseable {
    NodeRecord node();

    /**
     * Fills a buffer of one page; zeros stand for a page that is missing and behind the end of the
     * bytes.
     *
     * @return false at the end
     */
    boolean next(ByteBuffer page);

    /** Whether the page last read does not verify. */
    boolean isMissing();

    int flags();

    int csum();

    /** Goes back to the first page. */
    void again();

    @Override
    void close();

    /** One owner: of a node that is whole. */
    final class Whole implements PageSource {
        private final PageReader reader;

        Whole(PageReader reader) {
            this.reader = reader;
        }

        @Override
        public NodeRecord node() {
            return reader.node();
        }

        @Override
        public boolean next(ByteBuffer page) {
            return reader.next(page);
        }

        @Override
        public boolean isMissing() {
            return false;
        }

        @Override
        public int flags() {
            return reader.flags();
        }

        @Override
        public int csum() {
            return reader.csum();
        }

        @Override
        public void again() {
            reader.seek(0);
        }

        @Override
        public void close() {
            reader.close();
        }
    }

    /** One owner: what can still be read of a damaged node. */
    final class Salvaged implements PageSource {
        private final Supplier<SalvageStream> opening;
        private final CRC32C crc = new CRC32C();
        private SalvageStream stream;
        private long position;
        private long holeEnd;
        private boolean isMissing;
        private int flags;
        private int csum;

        Salvaged(Supplier<SalvageStream> opening) {
            this.opening = opening;
            stream = opening.get();
        }

        @Override
        public NodeRecord node() {
            return stream.node();
        }

        @Override
        public boolean next(ByteBuffer page) {
            int begin = page.position();
            long left = node().length() - position;
            if (left <= 0) {
                return false;
            }
            if (position >= holeEnd) {
                holeEnd = position + stream.skipHole();
            }
            int count = (int) Math.min(left, WireLimits.PAGE_BYTES);
            isMissing = position < holeEnd;
            flags = isMissing ? 0 : stream.flags();
            int end = page.limit();
            page.limit(begin + count);
            while (!isMissing && page.hasRemaining()) {
                if (stream.read(page) < 0) {
                    throw new IllegalStateException("salvaged bytes are missing at the end");
                }
            }
            page.limit(end);
            while (page.position() < begin + WireLimits.PAGE_BYTES) {
                page.put((byte) 0);
            }
            position += count;
            crc.reset();
            crc.update(page.duplicate().flip().position(begin));
            csum = (int) crc.getValue();
            return true;
        }

        @Override
        public boolean isMissing() {
            return isMissing;
        }

        @Override
        public int flags() {
            return flags;
        }

        @Override
        public int csum() {
            return csum;
        }

        @Override
        public void again() {
            stream.close();
            stream = opening.get();
            position = 0;
            holeEnd = 0;
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
