package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PagesPacket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets of pages that are cut short or mislabelled give no wrong bytes, and leave nothing. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StrayPacketTest {
    private static final int FLAGS_OFFSET = 5;

    private final byte[] bytes = new byte[5_000_000];
    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client =
            PramClient.connect(
                    daemon.uri(),
                    PramConfig.defaults()
                            .withNoProgress(Duration.ofSeconds(3))
                            .withRetryFor(Duration.ofSeconds(2)));

    @BeforeEach
    void save() {
        new Random(3).nextBytes(bytes);
        client.save("n", bytes);
    }

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPacketThatDoesNotComeWholeLeavesNoBuffer(boolean isDirect) {
        long before = directBytes();
        AtomicInteger packets = new AtomicInteger();
        daemon.faults()
                .sendPagesAs(
                        pages ->
                                switch (Integer.signum(packets.incrementAndGet() - 20)) {
                                    case -1 -> pages;
                                    case 0 -> pages.writerIndex(pages.writerIndex() - 5000);
                                    default -> pages.clear();
                                });
        ByteBuffer target =
                isDirect
                        ? ByteBuffer.allocateDirect(bytes.length)
                        : ByteBuffer.allocate(bytes.length);
        try (LoadStream peek = client.openPeek("n")) {
            assertThatThrownBy(() -> readAll(peek, target)).isInstanceOf(NotSentException.class);
        }
        awaitDirectBytes(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPacketThatIsWronglySaidToBeTheLastIsNotTakenForAnother(boolean isDirect) {
        AtomicInteger packets = new AtomicInteger();
        daemon.faults()
                .sendPagesAs(
                        pages ->
                                packets.incrementAndGet() == 40
                                        ? withFlags(pages, PagesPacket.LAST)
                                        : pages);
        assertReadsTheNode(isDirect);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLastPacketThatDoesNotSaySoIsNotTakenForAnother(boolean isDirect) {
        daemon.faults().sendPagesAs(withoutTheFirstLast());
        assertReadsTheNode(isDirect);
    }

    private static UnaryOperator<ByteBuf> withoutTheFirstLast() {
        AtomicInteger lasts = new AtomicInteger();
        return pages -> {
            boolean isLast = (pages.getByte(FLAGS_OFFSET) & PagesPacket.LAST) != 0;
            return isLast && lasts.incrementAndGet() == 1 ? withFlags(pages, 0) : pages;
        };
    }

    private void assertReadsTheNode(boolean isDirect) {
        ByteBuffer target =
                isDirect
                        ? ByteBuffer.allocateDirect(bytes.length)
                        : ByteBuffer.allocate(bytes.length);
        try (LoadStream peek = client.openPeek("n")) {
            readAll(peek, target);
        }
        assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(bytes));
    }

    private static void readAll(LoadStream load, ByteBuffer target) {
        while (target.hasRemaining()) {
            load.read(target);
        }
    }

    private static ByteBuf withFlags(ByteBuf pages, int flags) {
        return pages.setByte(FLAGS_OFFSET, flags);
    }

    private static void awaitDirectBytes(long expected) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (directBytes() > expected && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(directBytes()).as("bytes of direct buffers in use").isEqualTo(expected);
    }

    private static long directBytes() {
        return UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    @Test
    void theFlagsAreWhereTheTestChangesThem() {
        ByteBuf header = Unpooled.buffer();
        PagesPacket.writeHeader(header, 1, 3, 1);
        assertThat(header.getByte(FLAGS_OFFSET)).isEqualTo((byte) 3);
        assertThat(header.readableBytes()).isEqualTo(PacketHeader.BYTES);
    }
}
