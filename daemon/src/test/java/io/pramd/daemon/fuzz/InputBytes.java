package io.pramd.daemon.fuzz;

import java.util.Arrays;

/** One owner. The bytes of an input, taken from the front; zeros when there are no more. */
public final class InputBytes {
    private final byte[] bytes;
    private int at;

    public InputBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    public boolean hasNext() {
        return at < bytes.length;
    }

    /** 0 to 255. */
    public int u8() {
        return at < bytes.length ? Byte.toUnsignedInt(bytes[at++]) : 0;
    }

    public int u16() {
        return u8() | u8() << 8;
    }

    public long u64() {
        long number = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            number |= (long) u8() << (i * Byte.SIZE);
        }
        return number;
    }

    /** At most so many. */
    public byte[] take(int count) {
        int end = Math.min(bytes.length, at + count);
        byte[] taken = Arrays.copyOfRange(bytes, at, end);
        at = end;
        return taken;
    }
}
