package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.Errno;
import io.pramd.protocol.MessageType;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PeekStreamTest {
    private static final int LENGTH = 5_000_123;
    private static final byte[] BYTES = new byte[LENGTH];

    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client = PramClient.connect(daemon.uri());

    @BeforeEach
    void save() {
        new Random(1).nextBytes(BYTES);
        client.save("n", BYTES);
    }

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0, 1",
        "1, 4096",
        "4095, 2",
        "4096, 4096",
        "4097, 1000000",
        "4999999, 124",
        "4999999, 99999",
        "5000123, 5",
        "9000000, 5",
        "123456, 9223372036854775807"
    })
    void aRangeHasThoseBytesAndNoOthers(long offset, long length) {
        int from = (int) Math.min(offset, LENGTH);
        int to = (int) Math.min(LENGTH, length > LENGTH ? LENGTH : offset + length);
        LoadOptions options = LoadOptions.defaults().withRange(offset, length);
        try (PeekStream peek = client.openPeek("n", options)) {
            assertThat(peek.size()).isEqualTo(Math.max(0, to - from));
            assertThat(peek.readAllBytes())
                    .isEqualTo(Arrays.copyOfRange(BYTES, from, Math.max(from, to)));
            assertThat(peek.read()).isEqualTo(-1);
        }
    }

    @Test
    void readsInAnyOrder() {
        Random random = new Random(7);
        try (PeekStream peek = client.openPeek("n")) {
            for (int i = 0; i < 300; i++) {
                int at = random.nextInt(LENGTH);
                int count = Math.min(LENGTH - at, 1 + random.nextInt(200_000));
                ByteBuffer target =
                        i % 2 == 0 ? ByteBuffer.allocate(count) : ByteBuffer.allocateDirect(count);
                peek.position(at);
                assertThat(peek.position()).isEqualTo(at);
                while (target.hasRemaining()) {
                    assertThat(peek.read(target)).isPositive();
                }
                assertThat(peek.position()).isEqualTo(at + count);
                assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(BYTES, at, count));
            }
            peek.position(LENGTH + 10L);
            assertThat(peek.read()).isEqualTo(-1);
            peek.position(0);
            assertThat(peek.read()).isEqualTo(BYTES[0] & 0xff);
        }
    }

    @Test
    void goesOnInAnyOrderAfterALostConnection() {
        try (PeekStream peek = client.openPeek("n")) {
            for (int at : new int[] {3_000_000, 10, 4_999_000, 0}) {
                daemon.cutConnections();
                ByteBuffer target = ByteBuffer.allocate(100);
                peek.position(at);
                while (target.hasRemaining()) {
                    peek.read(target);
                }
                assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(BYTES, at, 100));
            }
        }
    }

    @Test
    void endsWithoutWaitingForTheDaemon() {
        daemon.ignore(MessageType.ABORT);
        PramConfig patient = PramConfig.defaults().withNoProgress(Duration.ofHours(1));
        try (PramClient other = PramClient.connect(daemon.uri(), patient)) {
            assertThat(other.peek("n", LoadStream::readAllBytes)).isEqualTo(BYTES);
        }
    }

    @Test
    void tellsTheDaemonThatItHasEnded() throws InterruptedException {
        CountDownLatch cut = new CountDownLatch(1);
        PramListener listener =
                new PramListener() {
                    @Override
                    public void lost(PramUri daemon, String reason) {
                        cut.countDown();
                    }
                };
        daemon.cutAfter(MessageType.ABORT);
        PramConfig heard = PramConfig.defaults().withListener(listener);
        try (PramClient other = PramClient.connect(daemon.uri(), heard)) {
            other.peek("n", LoadStream::readAllBytes);
            assertThat(cut.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void neverWrites() {
        try (PeekStream peek = client.openPeek("n")) {
            assertThatThrownBy(() -> peek.write(ByteBuffer.allocate(1)))
                    .isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> peek.truncate(0))
                    .isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> peek.position(-1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aRangeIsForPeeksOnly() {
        LoadOptions range = LoadOptions.defaults().withRange(1, 1);
        assertThatThrownBy(() -> client.openLoad("n", range))
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        assertThatThrownBy(() -> client.openPagePeek("n", range))
                .hasMessageContaining("whole pages");
    }

    @Test
    void aRangeOfPagesHasThosePages() {
        try (PageWriter writer = client.openPages("p")) {
            for (int i = 0; i < 1000; i++) {
                writer.append(ByteBuffer.allocate(4096).putInt(0, i), i);
            }
            writer.finish();
        }
        LoadOptions range = LoadOptions.defaults().withRange(300 * 4096, 500 * 4096);
        try (PageReader reader = client.openPagePeek("p", range)) {
            ByteBuffer page = ByteBuffer.allocate(4096);
            for (int i = 300; i < 800; i++) {
                assertThat(reader.next(page.clear())).isTrue();
                assertThat(page.getInt(0)).isEqualTo(i);
                assertThat(reader.flags()).isEqualTo(i);
            }
            assertThat(reader.next(page.clear())).isFalse();
        }
    }
}
