package io.pramd.daemon.node;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Immutable. SipHash-2-4 with 128 bits under a key that nobody else knows: two names that a client
 * may choose have one hash with a probability of 2^-128, so that a hash stands for its name, and
 * nobody can choose names that meet in a table.
 */
final class SecretHash {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int WIDE = 0xee;
    private static final int SECOND_HALF = 0xdd;

    private final long key0;
    private final long key1;

    /** 128 bits that stand for what was hashed. */
    record Hash(long high, long low) {}

    SecretHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** With a key of its own. */
    static SecretHash random() {
        SecureRandom random = new SecureRandom();
        return new SecretHash(random.nextLong(), random.nextLong());
    }

    Hash of(String name) {
        return of(name.getBytes(StandardCharsets.UTF_8));
    }

    Hash of(byte[] bytes) {
        Rounds rounds = new Rounds(key0, key1);
        int whole = bytes.length & -Long.BYTES;
        for (int at = 0; at < whole; at += Long.BYTES) {
            rounds.take((long) LONGS.get(bytes, at));
        }
        long last = (long) bytes.length << 56;
        for (int at = whole; at < bytes.length; at++) {
            last |= Byte.toUnsignedLong(bytes[at]) << (at - whole) * Byte.SIZE;
        }
        rounds.take(last);
        return rounds.end();
    }

    /** Of two numbers. */
    Hash of(long first, long second) {
        Rounds rounds = new Rounds(key0, key1);
        rounds.take(first);
        rounds.take(second);
        rounds.take(2L * Long.BYTES << 56);
        return rounds.end();
    }

    /** One owner. The state, as the description of SipHash names it. */
    private static final class Rounds {
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        Rounds(long key0, long key1) {
            v0 = key0 ^ 0x736f6d6570736575L;
            v1 = key1 ^ 0x646f72616e646f6dL ^ WIDE;
            v2 = key0 ^ 0x6c7967656e657261L;
            v3 = key1 ^ 0x7465646279746573L;
        }

        void take(long word) {
            v3 ^= word;
            round();
            round();
            v0 ^= word;
        }

        Hash end() {
            v2 ^= WIDE;
            long low = half();
            v1 ^= SECOND_HALF;
            return new Hash(half(), low);
        }

        private long half() {
            for (int i = 0; i < 4; i++) {
                round();
            }
            return v0 ^ v1 ^ v2 ^ v3;
        }

        private void round() {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
