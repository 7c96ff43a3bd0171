package io.pramd.daemon.storm;

import io.pramd.protocol.StreamType;
import java.util.Arrays;
import java.util.Random;

/**
 * Immutable: contents that can be made again: a part of a pool of random bytes.
 *
 * @param offset of the part
 * @param length in bytes
 * @param type of the stream
 */
record StormContents(int offset, int length, StreamType type) {
    static final int PAGE = 4096;

    private static final byte[] POOL = new byte[8 << 20];

    static {
        new Random(42).nextBytes(POOL);
    }

    /** Mostly small, now and then some MiB. */
    static StormContents random(Random random, StreamType type) {
        int most = random.nextInt(12) == 0 ? 3 << 20 : 40_000;
        int length = random.nextInt(most);
        if (type == StreamType.PAGE) {
            length -= length % PAGE;
        }
        return new StormContents(random.nextInt(POOL.length - length), length, type);
    }

    byte[] bytes() {
        return Arrays.copyOfRange(POOL, offset, offset + length);
    }

    boolean isEqualTo(byte[] bytes) {
        return Arrays.equals(POOL, offset, offset + length, bytes, 0, bytes.length);
    }

    boolean hasAt(int from, byte[] bytes) {
        int begin = offset + from;
        return Arrays.equals(POOL, begin, begin + bytes.length, bytes, 0, bytes.length);
    }

    /** Flags of a page of a page stream. */
    static int flags(int page) {
        return page * 0x01010101;
    }
}
