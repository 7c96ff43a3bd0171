package io.pramd.client.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * One owner: reads an archive from its beginning to its end, and believes nothing in it: what does
 * not fit together, or ends early, is a {@link BadArchive} that says where.
 */
final class ArchiveReader implements AutoCloseable {
    private static final int CHUNK_BYTES = 4096 / PageRow.BYTES * PageRow.BYTES;

    private final BoundedHeads heads;
    private final TarArchiveInputStream tar;
    private final ObjectMapper mapper = new ObjectMapper();
    private NodeAbout about;
    private String component;
    private Spool table;
    private long missing;
    private long nodes;

    /**
     * @param in left open
     */
    ArchiveReader(InputStream in) {
        heads = new BoundedHeads(in);
        tar = new TarArchiveInputStream(heads, StandardCharsets.UTF_8.name());
        TarArchiveEntry head = nextMember();
        if (!head.getName().equals(MemberNames.HEAD)) {
            throw bad("its first member is not " + MemberNames.HEAD, null);
        }
        long format = json(head).path("format").asLong();
        if (format != ArchiveWriter.FORMAT) {
            throw bad(
                    "its format is not known here: expected="
                            + ArchiveWriter.FORMAT
                            + " actual="
                            + format,
                    null);
        }
    }

    static LocalFailure bad(String text, Throwable cause) {
        return new BadArchive(text, cause);
    }

    /** Goes on to the next node, before its bytes; false at the end of the archive. */
    boolean next() {
        closeTable();
        TarArchiveEntry member = nextMember();
        if (member.getName().equals(MemberNames.END)) {
            long expected = json(member).path("nodes").asLong(-1);
            if (expected != nodes) {
                throw bad("nodes are missing: expected=" + expected + " actual=" + nodes, null);
            }
            return false;
        }
        component = MemberNames.componentOf(member.getName());
        if (component == null) {
            throw bad("a member that is none of it: " + member.getName(), null);
        }
        nodes++;
        byte[] line = line(member.getName());
        about = NodeAbout.read(mapper, line, member.getName());
        if ((member.getSize() - line.length) / PageRow.BYTES != about.pages()
                || (member.getSize() - line.length) % PageRow.BYTES != 0) {
            throw bad(member.getName() + " has not a line for each page", null);
        }
        readTable(member.getName());
        return true;
    }

    /** What the archive says of the node. */
    NodeAbout about() {
        return about;
    }

    /** The rows of its pages, from the first. */
    Spool table() {
        table.again();
        return table;
    }

    /** How many of its pages are missing. */
    long missing() {
        return missing;
    }

    /** Goes on to the bytes of the node. */
    void openBytes() {
        TarArchiveEntry member = nextMember();
        String expected = MemberNames.node(component);
        if (!member.getName().equals(expected) || member.getSize() != about.length()) {
            throw bad(
                    "bytes do not follow what is said of them: expected="
                            + expected
                            + " actual="
                            + member.getName()
                            + " size="
                            + member.getSize(),
                    null);
        }
    }

    /** So many bytes of the node. */
    void read(byte[] target, int count) {
        try {
            for (int done = 0; done < count; ) {
                int read = tar.read(target, done, count - done);
                if (read < 0) {
                    throw bad("it ends in the middle of " + MemberNames.node(component), null);
                }
                done += read;
            }
        } catch (IOException e) {
            throw bad("it cannot be read on", e);
        }
    }

    @Override
    public void close() {
        closeTable();
    }

    private void closeTable() {
        if (table != null) {
            table.close();
            table = null;
        }
    }

    private TarArchiveEntry nextMember() {
        try {
            TarArchiveEntry member = nextHead();
            if (member == null) {
                throw bad("it ends early", null);
            }
            if (!isPlain(member)) {
                throw bad("a member that is no plain file: " + member.getName(), null);
            }
            return member;
        } catch (IOException e) {
            throw bad("it cannot be read on", e);
        }
    }

    /** No link and no device: of a member that has no type of its own, its name tells a folder. */
    private static boolean isPlain(TarArchiveEntry member) {
        byte type = member.getLinkFlag();
        return (type == TarConstants.LF_NORMAL || type == TarConstants.LF_OLDNORM)
                && member.isFile()
                && !member.isSparse();
    }

    private TarArchiveEntry nextHead() throws IOException {
        if (tar.getCurrentEntry() != null) {
            tar.skip(Long.MAX_VALUE); // what was not read of a node is no head
        }
        heads.beginHead();
        try {
            return tar.getNextEntry();
        } finally {
            heads.endHead();
        }
    }

    /** Of one of the two members about the archive itself. */
    private JsonNode json(TarArchiveEntry member) {
        if (member.getSize() > NodeAbout.LINE_BYTES_MAX) {
            throw bad(member.getName() + " is too long", null);
        }
        byte[] text = new byte[(int) member.getSize()];
        read(text, text.length);
        try {
            return mapper.readTree(text);
        } catch (IOException e) {
            throw bad(member.getName() + " is no JSON", e);
        }
    }

    /** Up to the first line's end, which belongs to it. */
    private byte[] line(String member) {
        byte[] line = new byte[256];
        try {
            for (int count = 0; count < NodeAbout.LINE_BYTES_MAX; ) {
                int next = tar.read();
                if (next < 0) {
                    break;
                }
                line = count == line.length ? Arrays.copyOf(line, 2 * count) : line;
                line[count++] = (byte) next;
                if (next == '\n') {
                    return Arrays.copyOf(line, count);
                }
            }
        } catch (IOException e) {
            throw bad("it cannot be read on", e);
        }
        throw bad(member + " does not begin with a line", null);
    }

    private void readTable(String member) {
        missing = 0;
        long bytes = about.pages() * PageRow.BYTES;
        table = new Spool(bytes);
        byte[] rows = new byte[CHUNK_BYTES];
        for (long left = bytes; left > 0; ) {
            int count = (int) Math.min(left, rows.length);
            read(rows, count);
            for (int at = 0; at < count; at += PageRow.BYTES) {
                missing += row(rows, at, member).isMissing() ? 1 : 0;
            }
            table.write(rows, count);
            left -= count;
        }
        table.complete();
    }

    private static PageRow row(byte[] rows, int at, String member) {
        try {
            return PageRow.read(rows, at);
        } catch (NumberFormatException e) {
            throw bad(member + " has a line that is none of a page", e);
        }
    }
}
