package io.pramd.client.cli;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Immutable: a line of an archive's table of pages: flags and sum as eight hexadecimal digits each,
 * or dashes for a page that is missing.
 *
 * @param csum CRC32C of the page
 */
record PageRow(boolean isMissing, int flags, int csum) {
    static final int BYTES = 18;

    private static final byte[] DASHES = "-------- --------\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGITS = 8;
    private static final HexFormat HEX = HexFormat.of();

    /** Writes the line. */
    static void put(ByteBuffer rows, int flags, int csum) {
        putHex(rows, flags);
        rows.put((byte) ' ');
        putHex(rows, csum);
        rows.put((byte) '\n');
    }

    static void putMissing(ByteBuffer rows) {
        rows.put(DASHES);
    }

    private static void putHex(ByteBuffer rows, int value) {
        for (int shift = Integer.SIZE - 4; shift >= 0; shift -= 4) {
            rows.put((byte) HEX.toLowHexDigit(value >>> shift));
        }
    }

    /**
     * Reads the line.
     *
     * @throws NumberFormatException where it is none
     */
    static PageRow read(byte[] rows, int offset) {
        int end = offset + BYTES;
        if (Arrays.equals(rows, offset, end, DASHES, 0, BYTES)) {
            return new PageRow(true, 0, 0);
        }
        if (rows[offset + DIGITS] != ' ' || rows[end - 1] != '\n') {
            throw new NumberFormatException("no line of two numbers");
        }
        return new PageRow(false, hex(rows, offset), hex(rows, offset + DIGITS + 1));
    }

    private static int hex(byte[] rows, int offset) {
        int value = 0;
        for (int i = offset; i < offset + DIGITS; i++) {
            value = value << 4 | HexFormat.fromHexDigit(rows[i]);
        }
        return value;
    }
}
