package io.pramd.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * One owner: two conversations, byte by byte, as docs/protocol.md prints them. All values are
 * fixed.
 */
final class Transcript {
    private static final byte[] CONTENT = "hello, pram\n".getBytes(StandardCharsets.US_ASCII);
    private static final int ROW_BYTES = 16;
    private static final int ZEROS_MIN = 32;

    private static final String NAME = "greeting";
    private static final Map<String, String> META = Map.of("lang", "en");
    private static final long SEQUENCE = 42;

    private final List<String> lines = new ArrayList<>();

    private Transcript() {}

    /** Preface, greeting, and a byte stream of one page. */
    static List<String> save() {
        Transcript t = new Transcript();
        t.greeting();
        t.client(
                1,
                new PrepareSave(
                        StreamType.BYTE,
                        false,
                        Durability.DAEMON_DEFAULT,
                        PrepareSave.DEADLINE_DEFAULT,
                        MessageSamples.SAVE_ID,
                        CONTENT.length,
                        0,
                        NAME,
                        META,
                        Optional.empty()));
        t.page("C", 1, 0);
        t.client(1, new FinishSave(CONTENT.length));
        t.daemon(1, new SaveOpened(SEQUENCE), "sequence");
        t.daemon(1, new Saved(SEQUENCE, Durability.PROCESS), "sequence, durability");
        return t.lines;
    }

    /** The same node, loaded on a connection of its own and consumed. */
    static List<String> load() {
        Transcript t = new Transcript();
        t.greeting();
        t.client(1, new PrepareLoad(StreamType.BYTE, false, 0, 0, NAME, Map.of()));
        t.client(1, new ReadPages(0, 256));
        t.daemon(
                1,
                new LoadOpened(
                        new NodeRecord(
                                NodeState.LOADING,
                                StreamType.BYTE,
                                0,
                                SEQUENCE,
                                SEQUENCE,
                                1_767_225_600_000L,
                                CONTENT.length,
                                1,
                                19,
                                0,
                                MessageSamples.SAVE_ID,
                                NAME,
                                "",
                                META,
                                "")),
                "sequence, streamSequence, createdMillis, pfn");
        t.page("S", 1, PagesPacket.LAST | PagesPacket.END);
        t.client(1, new FinishLoad(SEQUENCE));
        t.daemon(1, new Consumed(SEQUENCE), "sequence");
        return t.lines;
    }

    /** The checksums of some pages. */
    static List<String> checksums() {
        byte[] zeros = new byte[WireLimits.PAGE_BYTES];
        byte[] ones = new byte[WireLimits.PAGE_BYTES];
        Arrays.fill(ones, (byte) 0xff);
        byte[] counting = new byte[WireLimits.PAGE_BYTES];
        for (int i = 0; i < counting.length; i++) {
            counting[i] = (byte) i;
        }
        return List.of(
                "| page | CRC32C | bytes of `csum` |",
                "| --- | --- | --- |",
                row(
                        "the 9 bytes `123456789` alone (not a page; the usual check value)",
                        "123456789".getBytes(StandardCharsets.US_ASCII)),
                row("4096 bytes of 0x00", zeros),
                row("4096 bytes of 0xff", ones),
                row("byte i is i mod 256", counting),
                row("`hello, pram\\n`, then 4084 bytes of 0x00", page()));
    }

    private void greeting() {
        ByteBuf preface = Unpooled.buffer();
        Preface.write(preface);
        packet("C  preface", preface.duplicate());
        client(0, new Hello(1, 1, WireLimits.PACKET_BYTES_MAX, 0, "example/1", 0, new byte[0]));
        packet("S  preface", preface);
        daemon(
                0,
                new Welcome(
                        1,
                        WireLimits.PACKET_BYTES_MAX,
                        0,
                        WireLimits.STREAMS_MAX,
                        WireLimits.REQUESTS_MAX,
                        WireLimits.IDLE_MILLIS,
                        WireLimits.PAGES_PER_PACKET_MAX,
                        UUID.fromString("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"),
                        "pramd/1"),
                "every field but version");
    }

    private void client(long id, Message message) {
        message("C", id, message, "");
    }

    private void daemon(long id, Message message, String varying) {
        message("S", id, message, "   varies: " + varying);
    }

    private void message(String side, long id, Message message, String note) {
        ByteBuf out = Unpooled.buffer();
        MessageCodec.write(out, id, message);
        packet(side + "  " + message.type() + " id=" + id + note, out);
    }

    private void page(String side, long id, int flags) {
        ByteBuf out = Unpooled.buffer();
        PagesPacket.writeHeader(out, id, flags, 1);
        PagesPacket.writeEntry(out, 0, crc(page()));
        out.writeBytes(page());
        packet(side + "  PAGES id=" + id, out);
    }

    /** Sixteen bytes a line; a long run of zeros is named. */
    private void packet(String title, ByteBuf bytes) {
        lines.add(title);
        int zeros = trailingZeros(bytes);
        int shown = bytes.readableBytes() - (zeros < ZEROS_MIN ? 0 : zeros);
        for (int at = 0; at < shown; at += ROW_BYTES) {
            int count = Math.min(ROW_BYTES, shown - at);
            String hex = ByteBufUtil.hexDump(bytes, bytes.readerIndex() + at, count);
            lines.add("   " + hex.replaceAll("(..)(?!$)", "$1 "));
        }
        if (shown < bytes.readableBytes()) {
            lines.add("   zeros " + zeros);
        }
    }

    private static int trailingZeros(ByteBuf bytes) {
        int zeros = 0;
        while (zeros < bytes.readableBytes()
                && bytes.getByte(bytes.writerIndex() - 1 - zeros) == 0) {
            zeros++;
        }
        return zeros;
    }

    private static byte[] page() {
        return Arrays.copyOf(CONTENT, WireLimits.PAGE_BYTES);
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static String row(String what, byte[] bytes) {
        int crc = crc(bytes);
        ByteBuf wire = Unpooled.buffer().writeIntLE(crc);
        return String.format(
                "| %s | 0x%08x | %s |",
                what, crc, ByteBufUtil.hexDump(wire).replaceAll("(..)(?!$)", "$1 "));
    }
}
