package io.pramd.daemon.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.memory.PageChecksum;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * docs/memory-format.md says what the code does: its byte tables are printed from the layouts'
 * field lists and its test vectors are computed. They are also the golden bytes of every structure.
 * {@code -Ddocs.write=true} prints them anew instead of comparing.
 */
class MemoryFormatPageTest {
    private static final Path PAGE = Path.of("../docs/memory-format.md");
    private static final int ROW_BYTES = 16;

    @Test
    void pageShowsWhatTheCodeDoes() throws IOException {
        String page = Files.readString(PAGE);
        String expected = page;
        for (Map.Entry<String, String> block : blocks().entrySet()) {
            expected = withBlock(expected, block.getKey(), block.getValue());
        }
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, expected);
            return;
        }
        assertThat(page).isEqualTo(expected);
    }

    private static String withBlock(String page, String name, String content) {
        String begin = "<!-- printed: " + name + " -->\n";
        String end = "<!-- end -->";
        int from = page.indexOf(begin);
        assertThat(from).as("block %s in %s", name, PAGE).isNotNegative();
        int behind = page.indexOf(end, from);
        return page.substring(0, from + begin.length()) + content + page.substring(behind);
    }

    private static Map<String, String> blocks() {
        Map<String, String> blocks = new LinkedHashMap<>();
        blocks.put("limits", limits());
        blocks.put("fixed frames", fixedFrames());
        blocks.put("magics", magics());
        blocks.put("super block", table(SuperBlockLayout.FIELDS));
        blocks.put("root slot", table(RootSlotLayout.FIELDS));
        blocks.put("sequence record", table(SequenceRecordLayout.FIELDS));
        blocks.put("run record", table(RunRecordLayout.FIELDS));
        blocks.put("directory page", table(DirectoryLayout.FIELDS));
        blocks.put("leaf entry", table(DirectoryLayout.LEAF_FIELDS));
        blocks.put("inner entry", table(DirectoryLayout.INNER_FIELDS));
        blocks.put("node", table(NodeLayout.FIELDS));
        blocks.put("link", table(LinkLayout.FIELDS));
        blocks.put("link entry", table(LinkLayout.ENTRY_FIELDS));
        blocks.put("vectors", vectors());
        return blocks;
    }

    private static String limits() {
        return "| limit | value |\n| --- | ---: |\n"
                + row("bytes of a frame and of a page", FileLayout.FRAME_BYTES)
                + row("format version", FileLayout.FORMAT_VERSION)
                + row("frames of the smallest file", FileLayout.FRAMES_MIN)
                + row("frames of the largest file", FileLayout.FRAMES_MAX)
                + row("entries of a link", LinkLayout.ENTRIES)
                + row("entries that fit into a node page", NodeLayout.INLINE_ENTRIES_MAX)
                + row("entries of a directory page", DirectoryLayout.ENTRIES)
                + row("largest level of a directory page", DirectoryLayout.LEVEL_MAX)
                + row("every sequence is below", SequenceRecordLayout.SEQUENCE_MAX)
                + row("bytes of a name", NodeLayout.NAME_BYTES_MAX)
                + row("bytes of user metadata", NodeLayout.META_BYTES_MAX);
    }

    private static String row(Object first, Object second) {
        return "| " + first + " | " + second + " |\n";
    }

    private static String fixedFrames() {
        int distance = FileLayout.SECOND_COPY_DISTANCE;
        StringBuilder table =
                new StringBuilder("| frame | second copy | holds |\n| ---: | ---: | --- |\n");
        for (long pfn = 0; pfn < FileLayout.FIXED_FRAMES; pfn++) {
            table.append("| ").append(pfn).append(" | ").append(pfn + distance).append(" | ");
            table.append(holds(pfn)).append(" |\n");
        }
        return table.toString();
    }

    private static String holds(long pfn) {
        if (pfn == FileLayout.SUPER_BLOCK_PFN) {
            return "super block";
        }
        if (FileLayout.CURRENT_SLOT_PFNS.contains(pfn)) {
            return "current root slot";
        }
        if (FileLayout.FORCED_SLOT_PFNS.contains(pfn)) {
            return "forced root slot";
        }
        if (FileLayout.SEQUENCE_RECORD_PFNS.contains(pfn)) {
            return "sequence record";
        }
        return pfn == FileLayout.RUN_RECORD_PFN ? "run record" : "zeros";
    }

    private static String magics() {
        StringBuilder table =
                new StringBuilder(
                        "| structure | magic | bytes in the file |\n| --- | --- | --- |\n");
        for (Magic magic : Magic.values()) {
            byte[] bytes = new byte[Integer.BYTES];
            ByteBuffer.wrap(bytes).putInt(Integer.reverseBytes(magic.number()));
            table.append(
                    String.format(
                            "| %s | 0x%08X | %s |%n",
                            magic.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                            magic.number(),
                            HexFormat.ofDelimiter(" ").formatHex(bytes)));
        }
        return table.toString();
    }

    private static String table(List<Field> fields) {
        StringBuilder table =
                new StringBuilder(
                        "| offset | bytes | field | meaning |\n| ---: | ---: | --- | --- |\n");
        for (Field field : fields) {
            table.append(
                    String.format(
                            "| %d | %d | `%s` | %s |%n",
                            field.offset(), field.bytes(), field.name(), field.meaning()));
        }
        return table.toString();
    }

    private static String vectors() {
        PageChecksum checksum = new PageChecksum();
        StringBuilder text = new StringBuilder();
        data(text, "data page, byte i is i mod 251, frame 20", FormatVectors.firstData());
        data(text, "data page, `tail` and zeros, frame 21", FormatVectors.secondData());
        data(text, "data page of zeros", MetadataPage.allocate());
        text.append("tag of the name `").append(FormatVectors.NAME).append("`: ");
        text.append(String.format("`%08x`%n%n", checksum.ofName(FormatVectors.NAME)));
        vector(text, "super block, frame 0", FormatVectors.superBlock());
        vector(text, "root slot, forced, frame 3", FormatVectors.rootSlot());
        vector(text, "sequence record, frame 5", FormatVectors.sequenceRecord());
        vector(text, "run record, frame 7", FormatVectors.runRecord());
        vector(text, "directory leaf, frames 16 and 17", FormatVectors.leaf());
        vector(text, "directory page of level 1", FormatVectors.inner());
        vector(text, "node, frame 18, sequence 5", FormatVectors.node());
        vector(
                text,
                "node with the same stream's entries, frame 18, sequence 5",
                FormatVectors.nodeWithEntries());
        vector(text, "link, frame 19, stream sequence 5, position 0", FormatVectors.link());
        return text.toString();
    }

    private static void data(StringBuilder text, String title, ByteBuffer page) {
        int csum = new PageChecksum().ofPage(page);
        text.append(title).append(": ").append(String.format("`%08x`%n%n", csum));
    }

    /** The rows of a page that are not all zero. */
    private static void vector(StringBuilder text, String title, ByteBuffer page) {
        text.append("**").append(title).append("**: ");
        text.append(String.format("`%08x`%n%n```%n", MetadataPage.csum(page)));
        byte[] zeros = new byte[ROW_BYTES];
        byte[] row = new byte[ROW_BYTES];
        for (int at = 0; at < FileLayout.FRAME_BYTES; at += ROW_BYTES) {
            page.get(at, row);
            if (!java.util.Arrays.equals(row, zeros)) {
                text.append(
                        String.format("%04x  %s%n", at, HexFormat.ofDelimiter(" ").formatHex(row)));
            }
        }
        text.append("```\n\n");
    }
}
