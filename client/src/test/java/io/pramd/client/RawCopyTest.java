package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.Errno;
import io.pramd.protocol.StreamType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pages that are copied as they are stored. */
class RawCopyTest {
    private static final int PAGE = 4096;

    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client = PramClient.connect(daemon.uri());
    private final byte[] bytes = new byte[2 * PAGE + 7];

    RawCopyTest() {
        new Random(1).nextBytes(bytes);
    }

    @AfterEach
    void close() {
        client.close();
        daemon.close();
    }

    private static int sum(byte[] page) {
        CRC32C crc = new CRC32C();
        crc.update(page);
        return (int) crc.getValue();
    }

    @Test
    void bytesComeAsWholePagesWithTheirSums() {
        client.save("n", bytes);
        byte[] padded = Arrays.copyOf(bytes, 3 * PAGE);
        try (PageReader reader = client.openRawPeek("n", LoadOptions.defaults())) {
            assertThat(reader.node().length()).isEqualTo(bytes.length);
            for (int round = 0; round < 2; round++) {
                ByteBuffer page = ByteBuffer.allocate(PAGE);
                for (int i = 0; i < 3; i++) {
                    byte[] expected = Arrays.copyOfRange(padded, i * PAGE, (i + 1) * PAGE);
                    assertThat(reader.next(page.clear())).isTrue();
                    assertThat(page.array()).isEqualTo(expected);
                    assertThat(reader.csum()).isEqualTo(sum(expected));
                }
                assertThat(reader.next(page.clear())).isFalse();
                reader.seek(0);
            }
        }
    }

    @Test
    void onlyAPeekGoesBack() {
        PageWriter writer = client.openPages("n");
        writer.append(ByteBuffer.allocate(PAGE), 7);
        writer.finish();
        try (PageReader reader = client.openPageLoad("n", LoadOptions.defaults())) {
            assertThatIllegalArgumentException().isThrownBy(() -> reader.seek(0));
            reader.abort();
        }
    }

    @Test
    void aSumThatWasGivenBeforeIsTheOneThatTravels() {
        byte[] page = Arrays.copyOf(bytes, PAGE);
        PageWriter good = client.openRawSave("n", StreamType.BYTE, PAGE, SaveOptions.defaults());
        good.append(ByteBuffer.wrap(page), 3, sum(page));
        good.finish();
        assertThat(client.stat("n").length()).isEqualTo(PAGE);

        PageWriter bad = client.openRawSave("b", StreamType.BYTE, PAGE, SaveOptions.defaults());
        bad.append(ByteBuffer.wrap(page), 0, sum(page) + 1);
        assertThatThrownBy(bad::finish)
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
        assertThat(client.find("b")).isEmpty();
    }

    @Test
    void pagesAndLengthMustFit() {
        PageWriter writer =
                client.openRawSave("n", StreamType.BYTE, PAGE + 1, SaveOptions.defaults());
        writer.append(ByteBuffer.allocate(PAGE), 0);
        requireInvalid(writer::finish);
        assertThat(client.find("n")).isEmpty();
        SaveOptions options = SaveOptions.defaults();
        requireInvalid(() -> client.openRawSave("n", StreamType.PAGE, 1, options));
        requireInvalid(() -> client.openRawSave("n", StreamType.ANY, PAGE, options));
        requireInvalid(() -> client.openRawSave("n", StreamType.BYTE, -1, options));
    }

    @Test
    void datesAreBetween1970And2169AndTakeThePlaceOfATimeToLive() {
        SaveOptions dated =
                SaveOptions.defaults()
                        .withTimeToLive(Duration.ofHours(1))
                        .withDates(Instant.EPOCH, null);
        assertThat(dated.timeToLive()).isNull();
        assertThat(dated.created()).isEqualTo(Instant.EPOCH);
        assertThat(dated.expires()).isNull();
        assertThat(dated.withTimeToLive(Duration.ofHours(1)).created()).isNull();
        Instant tooLate = Instant.parse("2200-01-01T00:00:00Z");
        assertThatIllegalArgumentException().isThrownBy(() -> dated.withDates(tooLate, null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> dated.withDates(Instant.EPOCH, tooLate));
    }

    private static void requireInvalid(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
    }
}
