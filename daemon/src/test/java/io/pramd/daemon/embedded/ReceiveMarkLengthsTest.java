package io.pramd.daemon.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over TCP a loader is woken for much at a time: what is less must wake it all the same. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ReceiveMarkLengthsTest {
    private static final int PAGE = 4096;

    @Test
    void noLengthStalls() throws IOException {
        byte[] all = random(300 * PAGE);
        try (EmbeddedPramd daemon = EmbeddedPramd.start();
                PramClient client = PramClient.connect(daemon.uri())) {
            for (int pages = 1; pages <= 300; pages++) {
                byte[] bytes = Arrays.copyOf(all, pages * PAGE - pages % 7);
                client.save("n", bytes);
                assertThat(client.load("n", LoadStream::readAllBytes))
                        .as("%d pages", pages)
                        .isEqualTo(bytes);
            }
        }
    }

    @Test
    void aLoadThatIsAbortedInTheMiddleLeavesAConnectionThatGoesOn() throws IOException {
        byte[] bytes = random(2000 * PAGE);
        Random random = new Random(7);
        try (EmbeddedPramd daemon = EmbeddedPramd.start();
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("n", bytes);
            byte[] chunk = new byte[bytes.length];
            for (int i = 0; i < 100; i++) {
                try (LoadStream load = client.openLoad("n", LoadOptions.defaults())) {
                    int read = load.read(chunk, 0, 1 + random.nextInt(bytes.length));
                    assertThat(Arrays.equals(chunk, 0, read, bytes, 0, read)).isTrue();
                }
            }
            assertThat(client.load("n", LoadStream::readAllBytes)).isEqualTo(bytes);
        }
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }
}
