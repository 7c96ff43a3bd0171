package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.RejectedException;
import io.pramd.client.testing.PramdProcess;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.FlippingProxy;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One checksum from the saver's memory to the loader's: a bit that flips in between is found. */
class FlippedBitIT {
    private static final int PAGE = 4096;
    private static final byte[] BYTES = new byte[3 << 20];

    /** Within the page data of the first packet of a stream. */
    private static final long IN_THE_PAGES = 500_000;

    private static final int ALWAYS = Integer.MAX_VALUE;

    static {
        new Random(5).nextBytes(BYTES);
    }

    private final PramdProcess daemon =
            PramdProcess.builder().command(DaemonProcess.launcher().toString()).start();
    private final FlippingProxy proxy = new FlippingProxy(daemon.uri());
    private final PramConfig config = PramConfig.defaults().withRetryFor(Duration.ofSeconds(2));
    private final PramClient through = PramClient.connect(proxy.uri(), config);
    private PramClient straight = PramClient.connect(daemon.uri(), config);

    @AfterEach
    void closeAll() {
        through.close();
        proxy.close();
        straight.close();
        daemon.close();
    }

    @Test
    void aBitFlippedOnItsWayInIsNeverStored() {
        proxy.flip(true, IN_THE_PAGES, ALWAYS);
        assertRejected(Errno.EIO, () -> through.save("n", BYTES));
        assertThat(proxy.flipsLeft()).isLessThan(ALWAYS);
        assertThat(straight.list()).isEmpty();
        assertRejected(Errno.EIO, () -> through.save("n", out -> out.write(BYTES)));
        assertThat(straight.list()).isEmpty();
    }

    @Test
    void aBitFlippedOnceOnItsWayInCostsOneAttempt() {
        proxy.flip(true, IN_THE_PAGES, 1);
        through.save("n", BYTES);
        assertThat(proxy.flipsLeft()).isZero();
        assertThat(straight.peek("n", LoadStream::readAllBytes)).isEqualTo(BYTES);
    }

    @Test
    void aBitFlippedOnceOnItsWayOutIsReadAgain() {
        straight.save("n", BYTES);
        proxy.flip(false, IN_THE_PAGES, 1);
        assertThat(through.load("n", LoadStream::readAllBytes)).isEqualTo(BYTES);
        assertThat(proxy.flipsLeft()).isZero();
        assertThat(straight.list()).isEmpty();
    }

    @Test
    void bitsFlippedOnTheirWayOutAreNotHeldAgainstTheNode() {
        straight.save("n", BYTES);
        proxy.flip(false, IN_THE_PAGES, ALWAYS);
        assertThatThrownBy(() -> through.load("n", LoadStream::readAllBytes))
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> {
                            assertThat(e.errno()).isEqualTo(Errno.EIO);
                            assertThat(e.pageIndex()).isPresent();
                        });
        NodeRecord node = straight.stat("n");
        assertThat(node.state()).isEqualTo(NodeState.READY);
        assertThat(straight.check().clean()).isTrue();
    }

    @Test
    void aBitFlippedInTheFileUnderALiveDaemonCostsThatNodeOnly() throws IOException {
        straight.save("n", BYTES);
        straight.save("other", new byte[10]);
        flipInFile(daemon.memory(), 300);

        assertBadPage(300);
        assertThat(straight.list())
                .extracting(NodeRecord::name, NodeRecord::state)
                .contains(tuple("n", NodeState.QUARANTINED), tuple("other", NodeState.READY));
        assertThat(straight.load("other", LoadStream::readAllBytes)).hasSize(10);
    }

    @Test
    void aBitFlippedInTheFileOfAStoppedDaemonCostsThatNodeOnly() throws IOException {
        straight.save("n", BYTES);
        straight.save("other", new byte[10]);
        assertThat(daemon.stop()).isZero();
        flipInFile(daemon.memory(), 17);
        daemon.restart();
        straight.close();
        straight = PramClient.connect(daemon.uri(), config);

        assertBadPage(17);
        assertThat(straight.load("other", LoadStream::readAllBytes)).hasSize(10);
        straight.save("n", BYTES); // its name is free
    }

    private void assertBadPage(long page) {
        assertThatThrownBy(() -> straight.load("n", LoadStream::readAllBytes))
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> {
                            assertThat(e.errno()).isEqualTo(Errno.EIO);
                            assertThat(e.pageIndex()).hasValue(page);
                        });
    }

    private static void assertRejected(Errno errno, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    /** Flips a bit of a page of the saved bytes, wherever it lies. */
    private static void flipInFile(Path memory, int page) throws IOException {
        byte[] wanted = Arrays.copyOfRange(BYTES, page * PAGE, (page + 1) * PAGE);
        ByteBuffer frame = ByteBuffer.allocate(PAGE);
        try (FileChannel file =
                FileChannel.open(memory, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long at = 0; at < file.size(); at += PAGE) {
                file.read(frame.clear(), at);
                if (Arrays.equals(frame.array(), wanted)) {
                    file.write(ByteBuffer.wrap(new byte[] {(byte) (wanted[99] ^ 1)}), at + 99);
                    return;
                }
            }
        }
        throw new AssertionError("no frame has that page: page=" + page);
    }
}
