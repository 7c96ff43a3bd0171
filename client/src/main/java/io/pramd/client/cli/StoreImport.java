package io.pramd.client.cli;

import io.pramd.client.LoadOptions;
import io.pramd.client.PageReader;
import io.pramd.client.PageWriter;
import io.pramd.client.PramClient;
import io.pramd.client.RejectedException;
import io.pramd.client.SaveOptions;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.WireLimits;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** One owner: saves the nodes of an archive, one after the other, in the archive's order. */
final class StoreImport {
    private static final int PAGE_BYTES = WireLimits.PAGE_BYTES;

    private final PramClient client;
    private final ArchiveReader archive;
    private final Tally tally;
    private final boolean replace;
    private final boolean salvage;
    private final byte[] row = new byte[PageRow.BYTES];
    private final byte[] page = new byte[PAGE_BYTES];
    private final CRC32C crc = new CRC32C();

    StoreImport(
            PramClient client,
            ArchiveReader archive,
            Tally tally,
            boolean replace,
            boolean salvage) {
        this.client = client;
        this.archive = archive;
        this.tally = tally;
        this.replace = replace;
        this.salvage = salvage;
    }

    /** Goes on behind a node that is left out. */
    void run() {
        while (archive.next()) {
            NodeAbout about = archive.about();
            archive.openBytes();
            long now = System.currentTimeMillis();
            if (about.expiryMillis() != 0 && about.expiryMillis() <= now) {
                tally.note(about.name(), "its time was over");
            } else if (archive.missing() > 0 && !salvage) {
                tally.damaged(
                        about.name(),
                        "pages are missing in the archive: missing="
                                + archive.missing()
                                + " pages="
                                + about.pages());
            } else {
                save(about, options(about));
            }
        }
    }

    private static SaveOptions options(NodeAbout about) {
        return SaveOptions.defaults()
                .withMeta(about.meta())
                .withDates(
                        Instant.ofEpochMilli(about.createdMillis()),
                        about.expiryMillis() == 0
                                ? null
                                : Instant.ofEpochMilli(about.expiryMillis()));
    }

    private void save(NodeAbout about, SaveOptions options) {
        PageWriter writer;
        try {
            writer = open(about, options);
        } catch (RejectedException e) {
            requireOfTheName(e);
            if (isThere(about)) {
                tally.there();
            } else if (replace && e.errno() == Errno.EEXIST) {
                replace(about, options);
            } else {
                tally.refused(about.name(), e, "import");
            }
            return;
        }
        copy(about, writer);
    }

    private void replace(NodeAbout about, SaveOptions options) {
        PageWriter writer;
        try {
            writer = open(about, options.withReplace(true));
        } catch (RejectedException e) {
            requireOfTheName(e);
            tally.refused(about.name(), e, "import");
            return;
        }
        copy(about, writer);
    }

    /** The name is taken, or another's. Else the next node fares no better. */
    private static void requireOfTheName(RejectedException e) {
        switch (e.errno()) {
            case EEXIST, EBUSY, ENOENT, EACCES -> {
                return;
            }
            default -> throw e;
        }
    }

    private PageWriter open(NodeAbout about, SaveOptions options) {
        return client.openRawSave(about.name(), about.type(), about.length(), options);
    }

    /** Whether the daemon has a node that is equal in type, metadata, flags and every page. */
    private boolean isThere(NodeAbout about) {
        try (PageReader reader = client.openRawPeek(about.name(), LoadOptions.defaults())) {
            NodeRecord node = reader.node();
            boolean isLike =
                    node.type() == about.type()
                            && node.length() == about.length()
                            && node.meta().equals(about.meta());
            return isLike && hasPages(reader, about);
        } catch (RejectedException e) {
            return false; // being saved, or damaged, or gone again
        }
    }

    private boolean hasPages(PageReader reader, NodeAbout about) {
        Spool table = archive.table();
        for (long i = 0; i < about.pages(); i++) {
            table.read(row, row.length);
            PageRow expected = PageRow.read(row, 0);
            boolean isEqual =
                    reader.next(ByteBuffer.wrap(page))
                            && reader.csum() == csumOf(expected)
                            && reader.flags() == expected.flags();
            if (!isEqual) {
                return false;
            }
        }
        return true;
    }

    private int csumOf(PageRow expected) {
        if (!expected.isMissing()) {
            return expected.csum();
        }
        crc.reset();
        crc.update(new byte[PAGE_BYTES]);
        return (int) crc.getValue();
    }

    /** Compares every page with its sum before the node can be seen. */
    private void copy(NodeAbout about, PageWriter writer) {
        boolean isWhole = false;
        try {
            isWhole = copyPages(about, writer);
        } finally {
            if (!isWhole) {
                writer.discard();
            }
        }
        if (isWhole) {
            writer.finish();
            tally.moved(about.length());
            if (archive.missing() > 0) {
                tally.incomplete(about.name(), archive.missing(), about.pages());
            }
        }
    }

    private boolean copyPages(NodeAbout about, PageWriter writer) {
        Spool table = archive.table();
        for (long i = 0; i < about.pages(); i++) {
            table.read(row, row.length);
            PageRow expected = PageRow.read(row, 0);
            int count = (int) Math.min(PAGE_BYTES, about.length() - i * PAGE_BYTES);
            archive.read(page, count);
            Arrays.fill(page, count, PAGE_BYTES, (byte) 0);
            crc.reset();
            crc.update(page);
            int actual = (int) crc.getValue();
            if (!expected.isMissing() && actual != expected.csum()) {
                tally.damaged(
                        about.name(),
                        String.format(
                                "page %d does not verify: expected=%08x actual=%08x",
                                i, expected.csum(), actual));
                return false;
            }
            writer.append(ByteBuffer.wrap(page), expected.flags(), actual);
        }
        return true;
    }
}
