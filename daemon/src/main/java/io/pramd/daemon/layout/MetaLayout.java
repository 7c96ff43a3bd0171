package io.pramd.daemon.layout;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Immutable. User metadata inside a node page: pairs of key length u8, value length u16, key,
 * value.
 */
public final class MetaLayout {
    private static final int PAIR_HEAD_BYTES = Byte.BYTES + Short.BYTES;
    private static final int KEY_BYTES_MAX = 255;

    private MetaLayout() {}

    /** Bytes the pairs take in a node page, or -1 when a key is empty or too long. */
    public static long bytesOf(Map<String, String> meta) {
        long bytes = 0;
        for (Map.Entry<String, String> pair : meta.entrySet()) {
            int key = pair.getKey().getBytes(StandardCharsets.UTF_8).length;
            if (key == 0 || key > KEY_BYTES_MAX) {
                return -1;
            }
            bytes +=
                    PAIR_HEAD_BYTES + key + pair.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        return bytes;
    }

    static int write(ByteBuffer page, Field field, Map<String, String> meta) {
        int at = field.offset();
        for (Map.Entry<String, String> pair : meta.entrySet()) {
            byte[] key = pair.getKey().getBytes(StandardCharsets.UTF_8);
            byte[] value = pair.getValue().getBytes(StandardCharsets.UTF_8);
            if (key.length > KEY_BYTES_MAX
                    || at + PAIR_HEAD_BYTES + key.length + value.length > field.end()) {
                throw new IllegalArgumentException(
                        "meta does not fit: bytes=" + bytesOf(meta) + " max=" + field.bytes());
            }
            page.put(at, (byte) key.length);
            page.putShort(at + Byte.BYTES, (short) value.length);
            page.put(at + PAIR_HEAD_BYTES, key);
            page.put(at + PAIR_HEAD_BYTES + key.length, value);
            at += PAIR_HEAD_BYTES + key.length + value.length;
        }
        return at - field.offset();
    }

    static Map<String, String> read(ByteBuffer page, Field field, long bytes) {
        Map<String, String> meta = new LinkedHashMap<>();
        int at = field.offset();
        int end = field.offset() + (int) bytes;
        while (at + PAIR_HEAD_BYTES <= end) {
            int keyBytes = Byte.toUnsignedInt(page.get(at));
            int valueBytes = Short.toUnsignedInt(page.getShort(at + Byte.BYTES));
            int keyAt = at + PAIR_HEAD_BYTES;
            if (keyAt + keyBytes + valueBytes > end) {
                break;
            }
            meta.put(text(page, keyAt, keyBytes), text(page, keyAt + keyBytes, valueBytes));
            at = keyAt + keyBytes + valueBytes;
        }
        return meta;
    }

    private static String text(ByteBuffer page, int offset, int length) {
        byte[] bytes = new byte[length];
        page.get(offset, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
