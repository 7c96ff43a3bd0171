package io.pramd.daemon.recovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** One owner. Lines of a dump: headings, named values, rows, hex. */
final class DumpWriter {
    private static final int HEX_ROW_BYTES = 16;

    private final Appendable out;

    DumpWriter(Appendable out) {
        this.out = out;
    }

    void heading(String text) {
        line(text);
    }

    void field(String name, String value) {
        line(String.format("  %-22s %s", name, value));
    }

    void row(String text) {
        line("  " + text);
    }

    /** 16 bytes a row with their offset; rows that repeat the one before are one star. */
    void hex(ByteBuffer page) {
        String before = "";
        boolean isStarred = false;
        for (int at = 0; at < page.capacity(); at += HEX_ROW_BYTES) {
            String row = hexRow(page, at);
            if (!row.equals(before)) {
                line(String.format("  %04x %s", at, row));
                isStarred = false;
            } else if (!isStarred) {
                line("  *");
                isStarred = true;
            }
            before = row;
        }
    }

    private static String hexRow(ByteBuffer page, int at) {
        StringBuilder hex = new StringBuilder();
        StringBuilder text = new StringBuilder();
        for (int i = at; i < at + HEX_ROW_BYTES; i++) {
            byte value = page.get(i);
            hex.append(String.format(" %02x", value));
            text.append(value >= ' ' && value <= '~' ? (char) value : '.');
        }
        return hex + "  " + text;
    }

    private void line(String text) {
        try {
            out.append(text).append('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
