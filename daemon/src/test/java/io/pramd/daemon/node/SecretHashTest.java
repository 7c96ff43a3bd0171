package io.pramd.daemon.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SecretHashTest {
    /** The key of the published vectors: bytes 0 to 15. */
    private final SecretHash hash = new SecretHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    private String hex(int length) {
        byte[] bytes = new byte[length];
        IntStream.range(0, length).forEach(i -> bytes[i] = (byte) i);
        return hex(hash.of(bytes));
    }

    private static String hex(SecretHash.Hash found) {
        ByteBuffer both = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        return HexFormat.of().formatHex(both.putLong(found.low()).putLong(found.high()).array());
    }

    @Test
    void agreesWithThePublishedVectors() {
        assertThat(hex(0)).isEqualTo("a3817f04ba25a8e66df67214c7550293");
        assertThat(hex(1)).isEqualTo("da87c1d86b99af44347659119b22fc45");
    }

    @Test
    void hashesTwoNumbersAsTheirBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(42).putLong(-7);
        assertThat(hash.of(42, -7)).isEqualTo(hash.of(bytes.array()));
    }

    @Test
    void differsFromKeyToKeyAndFromNameToName() {
        assertThat(hash.of("a")).isNotEqualTo(hash.of("b"));
        assertThat(hash.of("a")).isNotEqualTo(SecretHash.random().of("a"));
    }
}
