package io.pramd.client.cli;

import io.pramd.protocol.WireLimits;
import java.nio.ByteBuffer;

/**
 * One owner: writes nodes into an archive. The table of a node's pages stands before its bytes, so
 * that who reads the archive as a stream can send each page on at once. What is small is read whole
 * first. For the rest the table is filled in behind, where the archive is a file; a pipe takes
 * nothing back, and the node is read twice.
 */
final class NodeExport {
    private static final int PAGE_BYTES = WireLimits.PAGE_BYTES;
    private static final int CHUNK_PAGES = 256;

    private final ArchiveWriter archive;
    private final ProgressMeter meter;
    private final byte[] data = new byte[CHUNK_PAGES * PAGE_BYTES];
    private final ByteBuffer rows = ByteBuffer.allocate(CHUNK_PAGES * PageRow.BYTES);
    private long missing;

    NodeExport(ArchiveWriter archive, ProgressMeter meter) {
        this.archive = archive;
        this.meter = meter;
    }

    /** Writes the two members of a node, and says how many of its pages are missing. */
    long write(PageSource source, String component, NodeAbout about) {
        missing = 0;
        if (about.pages() <= CHUNK_PAGES) {
            readChunk(source, 0, about);
            beginAbout(component, about);
            archive.write(rows.array(), 0, rows.limit());
            archive.end();
            archive.begin(MemberNames.node(component), about.length(), about.createdMillis());
            writeChunk(0, about);
            archive.end();
        } else if (archive.isFile()) {
            writeAndFillIn(source, component, about);
        } else {
            readAndWrite(source, component, about);
        }
        return missing;
    }

    private void writeAndFillIn(PageSource source, String component, NodeAbout about) {
        long table = beginAbout(component, about);
        rows.clear();
        while (rows.hasRemaining()) {
            PageRow.putMissing(rows);
        }
        for (long page = 0; page < about.pages(); page += CHUNK_PAGES) {
            archive.write(rows.array(), 0, pagesFrom(page, about) * PageRow.BYTES);
        }
        archive.end();
        archive.begin(MemberNames.node(component), about.length(), about.createdMillis());
        for (long page = 0; page < about.pages(); page += CHUNK_PAGES) {
            readChunk(source, page, about);
            archive.rewrite(rows, table + page * PageRow.BYTES);
            writeChunk(page, about);
        }
        archive.end();
    }

    private void readAndWrite(PageSource source, String component, NodeAbout about) {
        try (Spool table = new Spool(about.pages() * PageRow.BYTES)) {
            for (long page = 0; page < about.pages(); page += CHUNK_PAGES) {
                readChunk(source, page, about);
                table.write(rows.array(), rows.limit());
            }
            table.complete();
            beginAbout(component, about);
            byte[] expected = new byte[rows.capacity()];
            for (long page = 0; page < about.pages(); page += CHUNK_PAGES) {
                int count = pagesFrom(page, about) * PageRow.BYTES;
                table.read(expected, count);
                archive.write(expected, 0, count);
            }
            archive.end();
            table.again();
            missing = 0;
            source.again();
            archive.begin(MemberNames.node(component), about.length(), about.createdMillis());
            for (long page = 0; page < about.pages(); page += CHUNK_PAGES) {
                readChunk(source, page, about);
                table.read(expected, rows.limit());
                if (rows.mismatch(ByteBuffer.wrap(expected, 0, rows.limit())) >= 0) {
                    throw new LocalFailure(
                            "pages of a damaged node have changed while they were read: name="
                                    + about.name(),
                            null);
                }
                writeChunk(page, about);
            }
            archive.end();
        }
    }

    /** Begins what is said of a node, and answers where its table does. */
    private long beginAbout(String component, NodeAbout about) {
        byte[] line = about.line();
        archive.begin(
                MemberNames.about(component),
                line.length + about.pages() * PageRow.BYTES,
                about.createdMillis());
        long begin = archive.position();
        archive.write(line, 0, line.length);
        return begin + line.length;
    }

    /** Reads pages from one on, and writes their rows. */
    private void readChunk(PageSource source, long page, NodeAbout about) {
        int count = pagesFrom(page, about);
        rows.clear();
        ByteBuffer target = ByteBuffer.wrap(data, 0, count * PAGE_BYTES);
        for (int i = 0; i < count; i++) {
            if (!source.next(target)) {
                throw new LocalFailure("a node ends early: name=" + about.name(), null);
            }
            if (source.isMissing()) {
                missing++;
                PageRow.putMissing(rows);
            } else {
                PageRow.put(rows, source.flags(), source.csum());
            }
        }
        rows.flip();
    }

    private void writeChunk(long page, NodeAbout about) {
        int count = (int) Math.min(data.length, about.length() - page * PAGE_BYTES);
        archive.write(data, 0, count);
        meter.moved(count);
    }

    private static int pagesFrom(long page, NodeAbout about) {
        return (int) Math.min(CHUNK_PAGES, about.pages() - page);
    }
}
