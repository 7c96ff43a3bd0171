package io.pramd.daemon.torture;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PageReader;
import io.pramd.client.PageWriter;
import io.pramd.client.PeekStream;
import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.StreamType;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** One owner. Moves contents, and compares every page that comes back. */
final class KillStreams {
    private static final int PAGE = KillNode.PAGE;
    private static final int CHUNK_PAGES = 32;

    private final byte[] expected = new byte[PAGE];
    private final byte[] chunk = new byte[CHUNK_PAGES * PAGE];
    private final ByteBuffer page = ByteBuffer.allocate(PAGE);

    /** Says for each page whether the save is to go on. */
    interface Pace {
        boolean goesOn(long pageIndex);
    }

    /** Saves the whole node and finishes; answers its sequence. */
    long save(PramClient client, String name, SaveOptions options, KillNode node) {
        return save(client, name, options, node, pageIndex -> true);
    }

    /** Answers 0 when the save was discarded on the way. */
    long save(PramClient client, String name, SaveOptions options, KillNode node, Pace pace) {
        return node.type() == StreamType.PAGE
                ? savePages(client, name, options, node, pace)
                : saveBytes(client, name, options, node, pace);
    }

    private long savePages(
            PramClient client, String name, SaveOptions options, KillNode node, Pace pace) {
        PageWriter out = client.openPages(name, options);
        try {
            for (long index = 0; index < node.pages(); index++) {
                if (!pace.goesOn(index)) {
                    return 0;
                }
                node.fill(index, expected);
                out.append(ByteBuffer.wrap(expected), node.flags(index));
            }
            return pace.goesOn(node.pages()) ? out.finish() : 0;
        } finally {
            out.discard();
        }
    }

    private long saveBytes(
            PramClient client, String name, SaveOptions options, KillNode node, Pace pace) {
        SaveStream out = client.openSave(name, options);
        try {
            int filled = 0;
            for (long index = 0; index < node.pages(); index++) {
                if (!pace.goesOn(index)) {
                    return 0;
                }
                node.fill(index, expected);
                int bytes = (int) Math.min(PAGE, node.length() - index * PAGE);
                System.arraycopy(expected, 0, chunk, filled, bytes);
                filled += bytes;
                if (filled == chunk.length || index == node.pages() - 1) {
                    out.write(chunk, 0, filled);
                    filled = 0;
                }
            }
            return pace.goesOn(node.pages()) ? out.finish() : 0;
        } finally {
            out.discard();
        }
    }

    /** What opening and reading a node has shown. */
    interface Use {
        /** Called behind the last page, before the stream is ended; the stream is still open. */
        void read(NodeRecord node, String difference, Runnable finish);
    }

    /** Peeks at a whole node. */
    void peek(PramClient client, String name, StreamType type, KillNode known, Use use) {
        if (type == StreamType.PAGE) {
            try (PageReader in = client.openPagePeek(name, LoadOptions.defaults())) {
                use(in, known, Long.MAX_VALUE, use);
            }
        } else {
            try (PeekStream in = client.openPeek(name, LoadOptions.defaults())) {
                use(in, known, Long.MAX_VALUE, use);
            }
        }
    }

    /** Opens a load and reads so many pages; the use finishes it, or it is aborted. */
    void load(PramClient client, String name, KillNode known, long pagesMax, Use use) {
        if (known.type() == StreamType.PAGE) {
            PageReader in = client.openPageLoad(name, LoadOptions.defaults());
            try {
                use(in, known, pagesMax, use);
            } finally {
                in.abort();
            }
        } else {
            LoadStream in = client.openLoad(name, LoadOptions.defaults());
            try {
                use(in, known, pagesMax, use);
            } finally {
                in.abort();
            }
        }
    }

    /** Reads a part of a node that is no page stream. */
    String peekRange(PramClient client, String name, KillNode known, long from, int bytes) {
        try (PeekStream in = client.openPeek(name, LoadOptions.defaults())) {
            String difference = known.differenceTo(in.node());
            in.position(from);
            int count = (int) Math.min(bytes, known.length() - from);
            for (int done = 0; done < count; ) {
                long index = (from + done) / PAGE;
                int begin = (int) ((from + done) % PAGE);
                int part = Math.min(PAGE - begin, count - done);
                byte[] read = in.readNBytes(part);
                known.fill(index, expected);
                if (!Arrays.equals(read, 0, read.length, expected, begin, begin + part)) {
                    return difference + " page=" + index + " differs in a range";
                }
                done += part;
            }
            in.abort();
            return difference;
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void use(PageReader in, KillNode known, long pagesMax, Use use) {
        KillNode node = known == null ? KillNode.claimedBy(in.node()) : known;
        StringBuilder difference = new StringBuilder(node.differenceTo(in.node()));
        long index = 0;
        while (index < pagesMax && in.next(page.clear())) {
            node.fill(index, expected);
            if (!Arrays.equals(page.array(), expected) || in.flags() != node.flags(index)) {
                difference.append(" page=").append(index).append(" differs");
                break;
            }
            index++;
        }
        if (difference.isEmpty() && pagesMax == Long.MAX_VALUE && index != node.pages()) {
            difference.append(" ends at page=").append(index);
        }
        use.read(in.node(), difference.toString(), in::finish);
    }

    private void use(LoadStream in, KillNode known, long pagesMax, Use use) {
        KillNode node = known == null ? KillNode.claimedBy(in.node()) : known;
        StringBuilder difference = new StringBuilder(node.differenceTo(in.node()));
        long pages = Math.min(pagesMax, node.pages());
        for (long index = 0; index < pages && difference.isEmpty(); index++) {
            int bytes = (int) Math.min(PAGE, node.length() - index * PAGE);
            int count = read(in, bytes);
            node.fill(index, expected);
            if (count != bytes || !Arrays.equals(chunk, 0, count, expected, 0, bytes)) {
                difference.append(" page=").append(index).append(" differs");
            }
        }
        if (difference.isEmpty() && pages == node.pages() && in.read() >= 0) {
            difference.append(" goes on behind its end");
        }
        use.read(in.node(), difference.toString(), in::finish);
    }

    private int read(LoadStream in, int bytes) {
        int count = 0;
        while (count < bytes) {
            int part = in.read(chunk, count, bytes - count);
            if (part < 0) {
                return count;
            }
            count += part;
        }
        return count;
    }
}
