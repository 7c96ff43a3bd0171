package io.pramd.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageCodecTest {
    private static final Path GOLDEN = Path.of("src/test/resources/io/pramd/protocol/messages.hex");
    private static final long ID = 0x0102030405060708L;

    static Stream<Message> samples() {
        return MessageSamples.ALL.stream();
    }

    @Test
    void everyMessageHasTheBytesOfTheGoldenFile() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Message message : MessageSamples.ALL) {
            lines.add(message.type() + " " + ByteBufUtil.hexDump(encode(message)));
        }
        if (Boolean.getBoolean("golden.write")) {
            Files.write(GOLDEN, lines);
        }
        assertThat(lines).isEqualTo(Files.readAllLines(GOLDEN));
    }

    @Test
    void everyTypeInUseHasASample() {
        List<MessageType> inUse =
                Arrays.stream(MessageType.values())
                        .filter(t -> !t.isReserved())
                        .filter(t -> t != MessageType.UNKNOWN && t != MessageType.PAGES)
                        .toList();
        assertThat(samples().map(Message::type)).containsExactlyInAnyOrderElementsOf(inUse);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void readsBackWhatItWrote(Message message) {
        ByteBuf packet = encode(message);
        PacketHeader header = PacketHeader.read(packet);
        assertThat(header.id()).isEqualTo(ID);
        assertThat(header.length()).isEqualTo(packet.readableBytes());
        assertThat(MessageCodec.decode(header, packet)).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void refusesAPayloadCutAtAnyByte(Message message) {
        ByteBuf packet = encode(message);
        PacketHeader header = PacketHeader.read(packet);
        for (int bytes = 0; bytes < packet.readableBytes(); bytes++) {
            ByteBuf cut = packet.slice(packet.readerIndex(), bytes);
            assertRefused(header, cut, Errno.EINVAL);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void refusesAByteBehindTheLastField(Message message) {
        ByteBuf packet = encode(message).writeByte(0);
        assertRefused(PacketHeader.read(packet), packet, Errno.EINVAL);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void flippedBitsAreRefusedOrGiveAnotherMessage(Message message) {
        ByteBuf packet = encode(message);
        PacketHeader header = PacketHeader.read(packet);
        for (int bit = 0; bit < packet.readableBytes() * 8; bit++) {
            ByteBuf flipped = packet.copy();
            int index = bit / 8;
            flipped.setByte(index, flipped.getByte(index) ^ 1 << bit % 8);
            try {
                assertThat(MessageCodec.decode(header, flipped)).isNotEqualTo(message);
            } catch (DecodeException e) {
                assertThat(e.id()).isEqualTo(ID);
            }
        }
    }

    @Test
    void refusesReservedUnknownAndPagesTypes() {
        for (int number = 0; number < 256; number++) {
            MessageType type = MessageType.of(number);
            if (type == MessageType.UNKNOWN || type == MessageType.PAGES || type.isReserved()) {
                assertRefused(
                        new PacketHeader(0, number, 0, 0, ID), Unpooled.EMPTY_BUFFER, Errno.EINVAL);
            }
        }
    }

    @Test
    void refusesFlagsAndReservedBytesInTheHeader() {
        int ping = MessageType.PING.number();
        assertRefused(new PacketHeader(0, ping, 1, 0, ID), Unpooled.EMPTY_BUFFER, Errno.EINVAL);
        assertRefused(new PacketHeader(0, ping, 0, 1, ID), Unpooled.EMPTY_BUFFER, Errno.EINVAL);
    }

    @Test
    void refusesNamesByTheirBytesAndNotTheirCharacters() {
        assertThat(decodeStat("x".repeat(255))).isNotNull();
        assertThat(decodeStat("é".repeat(127) + "x")).isNotNull();
        assertStatRefused("x".repeat(256), Errno.ENAMETOOLONG);
        assertStatRefused("é".repeat(128), Errno.ENAMETOOLONG);
        assertStatRefused("", Errno.EINVAL);
        assertStatRefused("a\0b", Errno.EINVAL);
        assertStatRefused("a\nb", Errno.EINVAL);
        assertThat(decodeStat("/a/b c")).isNotNull();
    }

    @Test
    void refusesANameBesideAPfn() {
        assertRefused(new StatNode(7, "x"), Errno.EINVAL);
        assertRefused(new RemoveNode(0, 7, "x"), Errno.EINVAL);
        assertRefused(new PrepareLoad(StreamType.ANY, true, 0, 7, "x", Map.of()), Errno.EINVAL);
    }

    @Test
    void refusesMalformedUtf8() {
        ByteBuf packet = encode(new StatNode(0, "xy"));
        packet.setByte(packet.writerIndex() - 2, 0xc3).setByte(packet.writerIndex() - 1, 0x28);
        assertRefused(PacketHeader.read(packet), packet, Errno.EINVAL);
    }

    @Test
    void refusesMetadataAgainstTheRules() {
        assertThat(decodeMeta(Map.of("k", "v".repeat(3072 - 4)))).isNotNull();
        assertMetaRefused(Map.of("k", "v".repeat(3072 - 3)));
        assertMetaRefused(Map.of("", "v"));
        assertMetaRefused(Map.of("k".repeat(256), "v"));
        assertMetaRefused(Map.of("pram.x", "v"));
    }

    @Test
    void refusesAMetadataKeyGivenTwice() {
        ByteBuf packet = encode(prepare(MessageSamples.ordered("a", "1", "b", "2")));
        packet.setByte(packet.writerIndex() - 4, 'a');
        assertRefused(PacketHeader.read(packet), packet, Errno.EINVAL);
    }

    @Test
    void keepsAnErrorWhoseNumberItDoesNotKnow() {
        ByteBuf packet = encode(ErrorReply.of(Errno.EINVAL, MessageType.PING, "later daemon"));
        PacketHeader header = PacketHeader.read(packet);
        packet.setShortLE(packet.readerIndex(), 95);
        ErrorReply reply = (ErrorReply) MessageCodec.decode(header, packet);
        assertThat(reply.errno()).isEqualTo(Errno.EIO);
        assertThat(reply.text()).isEqualTo("later daemon");
    }

    @Test
    void cutsLongErrorTextsBetweenCharacters() {
        ErrorReply reply = ErrorReply.of(Errno.EIO, MessageType.PING, "x" + "é".repeat(600));
        assertThat(ByteBufUtil.utf8Bytes(reply.text())).isEqualTo(1023);
        String pairs = "x".repeat(1022) + "\ud83d\ude00";
        assertThat(ErrorReply.of(Errno.EIO, MessageType.PING, pairs).text()).hasSize(1022);
    }

    @Test
    void nodeRecordKnowsItsSize() {
        for (NodeRecord node : List.of(MessageSamples.NODE, MessageSamples.DAMAGED)) {
            ByteBuf out = Unpooled.buffer();
            node.write(new PayloadWriter(out));
            assertThat(node.payloadBytes()).isEqualTo(out.readableBytes());
        }
    }

    @Test
    void encodesIntoOneBufferOfTheAllocator() {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        ByteBuf packet = MessageCodec.encode(allocator, ID, MessageSamples.ALL.get(0));
        assertThat(packet.refCnt()).isEqualTo(1);
        packet.release();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    private static Message decodeStat(String name) {
        ByteBuf packet = encode(new StatNode(0, name));
        return MessageCodec.decode(PacketHeader.read(packet), packet);
    }

    private static void assertStatRefused(String name, Errno errno) {
        assertRefused(new StatNode(0, name), errno);
    }

    @Test
    void datesStandBehindASaveThatSaysSo() {
        PrepareSave dated = prepare(Map.of()).dated(new NodeDates(0x0102, 0x0304));
        ByteBuf packet = encode(dated);
        PacketHeader header = PacketHeader.read(packet);
        int begin = packet.readerIndex();
        int end = packet.writerIndex();
        assertThat(packet.getByte(begin + 1)).isEqualTo((byte) 2);
        assertThat(packet.getLongLE(end - 16)).isEqualTo(0x0102);
        assertThat(packet.getLongLE(end - 8)).isEqualTo(0x0304);
        for (int bytes = 0; bytes < end - begin; bytes++) {
            assertRefused(header, packet.slice(begin, bytes), Errno.EINVAL);
        }
        ByteBuf twoTimes = packet.copy().setLongLE(32, 1);
        assertRefused(header, twoTimes, Errno.EINVAL);
        assertThat(MessageCodec.decode(header, packet)).isEqualTo(dated);
    }

    private static PrepareSave prepare(Map<String, String> meta) {
        return new PrepareSave(
                StreamType.PAGE,
                false,
                Durability.DAEMON_DEFAULT,
                PrepareSave.DEADLINE_DEFAULT,
                SaveId.NONE,
                PrepareSave.BYTES_UNKNOWN,
                0,
                "n",
                meta,
                Optional.empty());
    }

    private static Message decodeMeta(Map<String, String> meta) {
        ByteBuf packet = encode(prepare(meta));
        return MessageCodec.decode(PacketHeader.read(packet), packet);
    }

    private static void assertMetaRefused(Map<String, String> meta) {
        assertRefused(prepare(meta), Errno.EINVAL);
    }

    private static void assertRefused(Message message, Errno errno) {
        ByteBuf packet = encode(message);
        assertRefused(PacketHeader.read(packet), packet, errno);
    }

    private static void assertRefused(PacketHeader header, ByteBuf payload, Errno errno) {
        assertThatThrownBy(() -> MessageCodec.decode(header, payload))
                .isInstanceOfSatisfying(
                        DecodeException.class,
                        e -> {
                            assertThat(e.id()).isEqualTo(ID);
                            assertThat(e.errno()).isEqualTo(errno);
                            assertThat(e.isClosing()).isFalse();
                        });
    }

    private static ByteBuf encode(Message message) {
        ByteBuf out = Unpooled.buffer();
        MessageCodec.write(out, ID, message);
        return out;
    }
}
