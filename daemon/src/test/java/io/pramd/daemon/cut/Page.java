package io.pramd.daemon.cut;

import io.pramd.daemon.layout.FileLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Immutable. One version of a page, with a hash by which versions are told apart. */
final class Page {
    static final int SECTOR_BYTES = 512;
    static final int SECTORS = FileLayout.FRAME_BYTES / SECTOR_BYTES;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final long hash;

    /** The bytes are the page's from here on. */
    Page(byte[] bytes) {
        this.bytes = bytes;
        this.hash = hash(bytes);
    }

    /** Bytes of any length, in 64 bits. */
    static long hash(byte[] bytes) {
        long hash = bytes.length;
        int at = 0;
        while (at + Long.BYTES <= bytes.length) {
            hash = mix(hash ^ (long) LONGS.get(bytes, at));
            at += Long.BYTES;
        }
        while (at < bytes.length) {
            hash = mix(hash ^ bytes[at]);
            at++;
        }
        return hash;
    }

    static long mix(long word) {
        long mixed = word * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 29);
    }

    /** Not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    long hash() {
        return hash;
    }

    /** What is left when a device stopped, or a processor, in the middle of storing a newer one. */
    Page torn(Page newer, int bytesBefore, boolean isNewerFirst) {
        byte[] first = isNewerFirst ? newer.bytes : bytes;
        byte[] second = isNewerFirst ? bytes : newer.bytes;
        byte[] mixed = Arrays.copyOf(first, FileLayout.FRAME_BYTES);
        System.arraycopy(
                second, bytesBefore, mixed, bytesBefore, FileLayout.FRAME_BYTES - bytesBefore);
        return new Page(mixed);
    }
}
