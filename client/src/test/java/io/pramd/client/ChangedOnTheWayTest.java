package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.PagesPacket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A page whose copy in the daemon is good is read again when it changed on its way. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChangedOnTheWayTest {
    private final byte[] bytes = new byte[3_000_000];
    private final List<String> retried = new CopyOnWriteArrayList<>();
    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client =
            PramClient.connect(daemon.uri(), PramConfig.defaults().withListener(new Recorder()));

    @TempDir private Path folder;

    @BeforeEach
    void save() {
        new Random(5).nextBytes(bytes);
        client.save("n", bytes);
    }

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anyNumberOfPagesIsReadAgain(boolean isDirect) {
        AtomicInteger packets = new AtomicInteger();
        daemon.faults()
                .sendPagesAs(
                        pages -> packets.incrementAndGet() % 50 == 1 ? withAFlip(pages) : pages);
        ByteBuffer target =
                isDirect
                        ? ByteBuffer.allocateDirect(bytes.length)
                        : ByteBuffer.allocate(bytes.length);
        try (LoadStream load = client.openLoad("n")) {
            while (target.hasRemaining()) {
                load.read(target);
            }
            load.finish();
        }
        assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(bytes));
        assertThat(retried).hasSizeGreaterThan(3).allMatch("load EIO"::equals);
    }

    @Test
    void onePageIsReadAgainTwice() {
        daemon.faults().sendPagesAs(ChangedOnTheWayTest::withAFlip);
        assertThatThrownBy(() -> client.load("n", LoadStream::readAllBytes))
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> {
                            assertThat(e.errno()).isEqualTo(Errno.EIO);
                            assertThat(e.pageIndex()).hasValue(0);
                        })
                .hasMessageContaining("changes on its way");
        assertThat(retried).hasSize(2);
        daemon.awaitState("n", NodeState.READY);
    }

    @Test
    void aSaveIsDoneAgainTwiceWhereItsSourceCanBeReadAgain() throws IOException {
        Path file = Files.write(folder.resolve("file"), bytes);
        daemon.faults().flipArriving(2);
        client.save("array", bytes);
        daemon.faults().flipArriving(2);
        client.save("file", file);
        assertThat(client.peek("array", LoadStream::readAllBytes)).isEqualTo(bytes);
        assertThat(client.peek("file", LoadStream::readAllBytes)).isEqualTo(bytes);
        assertThat(retried).isNotEmpty().allMatch("save EIO"::equals);

        retried.clear();
        daemon.faults().flipArriving(Integer.MAX_VALUE);
        assertThatThrownBy(() -> client.save("never", bytes))
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> {
                            assertThat(e.errno()).isEqualTo(Errno.EIO);
                            assertThat(e.pageIndex()).isPresent();
                        });
        assertThat(retried).hasSize(2);
        assertThat(client.list()).hasSize(3);
    }

    @Test
    void aSaveIsNotDoneAgainWhereItsSourceIsRead() {
        daemon.faults().flipArriving(1);
        assertThatThrownBy(() -> client.save("m", out -> out.write(bytes, 0, bytes.length)))
                .isInstanceOf(RejectedException.class);
        assertThat(daemon.find("m")).isEmpty();
        assertThat(retried).isEmpty();
    }

    private static ByteBuf withAFlip(ByteBuf pages) {
        int at = PagesPacket.headBytes(1) + 1000;
        return pages.setByte(at, pages.getByte(at) ^ 0x10);
    }

    /** Thread-safe. */
    private final class Recorder implements PramListener {
        @Override
        public void retried(String verb, String name, int attempt, PramException reason) {
            retried.add(verb + " " + reason.errno());
        }
    }
}
