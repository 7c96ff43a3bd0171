package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PageSink;
import io.pramd.protocol.PagesPacket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InPlaceTest {
    private static final int PAGE = 4096;
    private static final Call CALL = new Call("save", "n", Duration.ofSeconds(5), Deadline.NEVER);

    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client = PramClient.connect(daemon.uri());

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @Test
    void pagesOfALargeDirectBufferAreSentFromWhereTheyAre() {
        EmbeddedChannel channel = new EmbeddedChannel();
        Listeners listeners = new Listeners(PramUri.parse("pram://127.0.0.1"), PramListener.NONE);
        Connection connection = new Connection(channel, listeners, new Departure(listeners));
        PacketBuffers buffers = new PacketBuffers();
        OutgoingPages pages = new OutgoingPages(connection, new Exchange(), buffers, CALL);
        ByteBuffer bytes = random(40 * PAGE + 5);
        ByteBuf whole = Unpooled.wrappedBuffer(bytes.duplicate());

        pages.append(bytes);

        // the first is short: it is on its way while the next one is summed
        requirePacket(channel, whole.memoryAddress(), 32);
        requirePacket(channel, whole.memoryAddress() + 32 * PAGE, 8);
        assertThat(pages.byteLength()).isEqualTo(40 * PAGE + 5);
        assertThat(bytes.hasRemaining()).isFalse();
        pages.release();
        buffers.close();
        channel.finishAndReleaseAll();
    }

    private static void requirePacket(EmbeddedChannel channel, long address, int pages) {
        ByteBuf packet = channel.readOutbound();
        ByteBuffer[] parts = packet.nioBuffers();
        assertThat(parts).hasSize(2);
        ByteBuf data = Unpooled.wrappedBuffer(parts[1]);
        assertThat(data.memoryAddress()).isEqualTo(address);
        assertThat(data.readableBytes()).isEqualTo(pages * PAGE);
        packet.release();
    }

    @Test
    void pagesLandInTheLoadersOwnMemory() {
        PagesInbox inbox = new PagesInbox(new PacketBuffers(), new Exchange(), false);
        ByteBuffer target = ByteBuffer.allocateDirect(3 * PAGE);
        ByteBuf place = Unpooled.wrappedBuffer(target);
        inbox.expect(10, 4);
        inbox.landIn(target, 10);
        ByteBuf table = Unpooled.buffer().writeZero(2 * 8);

        PageSink inside = inbox.onPages(header(2), 2, table);
        ByteBuf window = inside.window(2 * PAGE);
        assertThat(window.memoryAddress()).isEqualTo(place.memoryAddress());
        assertThat(window.capacity()).isEqualTo(2 * PAGE);
        window.release();

        PageSink across = inbox.onPages(header(2), 2, table);
        ByteBuf elsewhere = across.window(2 * PAGE);
        assertThat(elsewhere.memoryAddress()).isNotEqualTo(place.memoryAddress() + 2 * PAGE);
        elsewhere.release();
        inbox.onFailure(new ConnectionLost("end of test", null));
        inbox.close();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "65535, 0",
        "65536, 0",
        "65536, 1",
        "1048576, 0",
        "3000001, 0",
        "3000001, 4097",
        "5000000, 70000"
    })
    void anySplitIntoDirectBuffersGivesTheSameBytes(int first, int second) {
        ByteBuffer bytes = random(8_000_000);
        SaveStream save = client.openSave("n");
        save.write(bytes.duplicate().limit(first));
        save.write(bytes.duplicate().position(first).limit(first + second));
        save.write(bytes.duplicate().position(first + second));
        save.finish();

        ByteBuffer back = ByteBuffer.allocateDirect(bytes.capacity());
        try (LoadStream load = client.openLoad("n")) {
            readUpTo(load, back, first);
            readUpTo(load, back, first + second);
            readUpTo(load, back, back.capacity());
            assertThat(load.read(ByteBuffer.allocateDirect(PAGE * 20))).isEqualTo(-1);
            load.finish();
        }
        assertThat(back.flip()).isEqualTo(bytes);
    }

    @Test
    void aLostConnectionDoesNotDisturbALoadIntoTheCallersMemory() {
        ByteBuffer bytes = random(9 << 20);
        client.save("n", bytes);
        ByteBuffer back = ByteBuffer.allocateDirect(bytes.capacity());
        try (LoadStream load = client.openPeek("n")) {
            daemon.cutConnections();
            readUpTo(load, back, 3 << 20);
            daemon.cutConnections();
            readUpTo(load, back, 9 << 20);
        }
        assertThat(back.flip()).isEqualTo(bytes);
    }

    @Test
    void theCallersMemoryIsItsOwnAgainWhenTheDaemonStopsSending() {
        ByteBuffer bytes = random(9 << 20);
        client.save("n", bytes);
        ByteBuffer back = ByteBuffer.allocateDirect(bytes.capacity());
        PramConfig impatient = PramConfig.defaults().withNoProgress(Duration.ofMillis(1500));
        try (PramClient other = PramClient.connect(daemon.uri(), impatient);
                LoadStream load = openPeek(other)) {
            daemon.ignore(MessageType.READ);
            assertThatThrownBy(() -> readUpTo(load, back, 9 << 20))
                    .isInstanceOf(NotSentException.class);
            int got = back.position();
            assertThat(back.limit()).isEqualTo(9 << 20);
            assertThat(back.duplicate().flip()).isEqualTo(bytes.duplicate().limit(got));
        }
    }

    /** However often a slow machine is too late for one that has no patience. */
    private static LoadStream openPeek(PramClient impatient) {
        while (true) {
            try {
                return impatient.openPeek("n");
            } catch (NotSentException e) {
                assertThat(e.isNoProgress()).isTrue();
            }
        }
    }

    private static void readUpTo(LoadStream load, ByteBuffer target, int limit) {
        target.limit(limit);
        while (target.hasRemaining()) {
            load.read(target);
        }
    }

    private static PacketHeader header(int pages) {
        return PacketHeader.of(MessageType.PAGES, 0, 1, PagesPacket.payloadBytes(pages));
    }

    private static ByteBuffer random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return ByteBuffer.allocateDirect(length).put(bytes).flip();
    }
}
