package io.pramd.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PacketReaderTest {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final RecordingSink sink = new RecordingSink();
    private final EmbeddedChannel channel = open(sink, allocator);

    @Test
    void readsOneByteAtATime() {
        ByteBuf all = conversation();
        List<String> expected = readWhole(all);
        while (all.isReadable()) {
            feed(all, 1);
        }
        assertThat(sink.events).isEqualTo(expected);
        assertNothingLeaks();
    }

    @Test
    void readsTheSameCutAtEveryByte() {
        ByteBuf all = conversation();
        List<String> expected = readWhole(all);
        for (int cut = 0; cut <= all.readableBytes(); cut++) {
            RecordingSink other = new RecordingSink();
            EmbeddedChannel fresh = open(other, allocator);
            fresh.writeInbound(copy(all, 0, cut));
            fresh.writeInbound(copy(all, cut, all.readableBytes() - cut));
            assertThat(other.events).as("cut=%d", cut).isEqualTo(expected);
            fresh.finish();
        }
        assertNothingLeaks();
    }

    @Property(tries = 300)
    void readsTheSameWithAnySplitsAndPauses(@ForAll long seed) {
        RecordingSink sink = new RecordingSink();
        EmbeddedChannel channel = open(sink, allocator);
        ByteBuf all = conversation();
        List<String> expected = readWhole(all);
        Random random = new Random(seed);
        sink.pauses = () -> random.nextInt(3) == 0;
        int mostBytes = 1 + random.nextInt(30_000);
        while (all.isReadable() || sink.reader.isPaused()) {
            if (all.isReadable() && random.nextBoolean()) {
                int bytes = Math.min(all.readableBytes(), 1 + random.nextInt(mostBytes));
                channel.writeInbound(copy(all, 0, bytes));
                all.skipBytes(bytes);
            }
            assertThat(channel.config().isAutoRead()).isEqualTo(!sink.reader.isPaused());
            sink.reader.resume();
        }
        assertThat(sink.events).isEqualTo(expected);
        channel.finish();
        assertNothingLeaks();
    }

    @Test
    void pausesAtEveryByteWithoutLosingOne() {
        ByteBuf all = conversation();
        List<String> expected = readWhole(all);
        sink.pauses = new EveryOther();
        while (all.isReadable()) {
            feed(all, 1);
            while (sink.reader.isPaused()) {
                sink.reader.resume();
            }
        }
        assertThat(sink.events).isEqualTo(expected);
        assertNothingLeaks();
    }

    @Test
    void manyQuestionsLetTheLoopLookAtOthersInBetween() {
        int pings = 10 * ReadTurn.QUESTIONS_MAX;
        ByteBuf in = withPreface();
        for (int id = 1; id <= pings; id++) {
            MessageCodec.write(in, id, new Ping());
        }
        List<Integer> seenByOthers = new ArrayList<>();
        sink.pauses = // asked at each packet; nothing is paused
                () -> {
                    channel.eventLoop().execute(() -> seenByOthers.add(sink.events.size() / 2));
                    return false;
                };

        channel.writeInbound(in);
        runTasks();

        assertThat(sink.events).hasSize(2 * pings);
        assertThat(seenByOthers).startsWith(ReadTurn.QUESTIONS_MAX);
        assertThat(new TreeSet<>(seenByOthers)).hasSizeGreaterThanOrEqualTo(5);
        assertThat(channel.config().isAutoRead()).isTrue();
        assertNothingLeaks();
    }

    @Test
    void whoAsksFasterThanHeMayIsNotReadBecauseSomebodyElseIsReady() {
        ByteBuf in = withPreface();
        for (int id = 1; id <= 2 * ReadTurn.QUESTIONS_MAX; id++) {
            MessageCodec.write(in, id, new Ping());
        }
        sink.pauses =
                () -> {
                    channel.eventLoop().execute(sink.reader::resume);
                    return false;
                };

        channel.freezeTime(); // or a slow machine would let the rest be over already
        channel.writeOneInbound(in);
        channel.runPendingTasks();

        assertThat(sink.events).hasSize(2 * ReadTurn.QUESTIONS_MAX);
        channel.unfreezeTime();
        runTasks();
        assertThat(sink.events).hasSize(4 * ReadTurn.QUESTIONS_MAX);
        assertNothingLeaks();
    }

    @Test
    void whoPausesWhileTheLoopLooksAtOthersIsNotOverruled() {
        ByteBuf in = withPreface();
        for (int id = 1; id <= 2 * ReadTurn.QUESTIONS_MAX; id++) {
            MessageCodec.write(in, id, new Ping());
        }
        sink.pauses =
                () -> {
                    channel.eventLoop().execute(sink.reader::pause);
                    return false;
                };

        channel.writeInbound(in);
        runTasks();

        assertThat(sink.events).hasSize(2 * ReadTurn.QUESTIONS_MAX);
        assertThat(sink.reader.isPaused()).isTrue();
        sink.pauses = () -> false;
        sink.reader.resume();
        runTasks();
        assertThat(sink.events).hasSize(4 * ReadTurn.QUESTIONS_MAX);
        assertNothingLeaks();
    }

    @Test
    void aPausedReaderOfAClosedConnectionKeepsNothing() {
        sink.pauses = () -> true;
        ByteBuf all = conversation();
        feed(all, all.readableBytes());
        assertThat(sink.reader.isPaused()).isTrue();
        assertThat(allocator.metric().usedHeapMemory()).isPositive();
        assertNothingLeaks();
        sink.reader.resume();
    }

    @Test
    void saysWhatCameInsteadOfThePreface() {
        channel.writeInbound(Unpooled.copiedBuffer("GET / HT".getBytes()));
        channel.writeInbound(Unpooled.copiedBuffer("TP/1.1\r\n\r\n".getBytes()));
        assertThat(sink.events).containsExactly("not preface 474554202f204854");
        assertNothingLeaks();
    }

    @Test
    void endsAtALengthOverThePacketLimitBeforeAllocating() {
        ByteBuf in = withPreface();
        new PacketHeader(0xffff_ffffL, MessageType.PAGES.number(), 0, 0, 9).write(in);
        MessageCodec.write(in, 10, new Ping());
        channel.writeInbound(in);
        assertThat(sink.events)
                .containsExactly(
                        "unreadable 9 closing=true packet is too long: bytes=4294967295"
                                + " max=2101248");
        assertNothingLeaks();
    }

    @Test
    void skipsWhatItRefusesAndGoesOn() {
        ByteBuf in = withPreface();
        refused(in, MessageType.LIST.number(), 0, 65537);
        refused(in, MessageType.PAGES.number(), 0, 4103);
        refused(in, MessageType.PAGES.number(), 0, 0);
        refused(in, MessageType.STAT.number(), 7, 3);
        refused(in, MessageType.STAT.number(), 0, 3);
        MessageCodec.write(in, 10, new Ping());
        channel.writeInbound(in);
        assertThat(sink.events)
                .containsExactly(
                        "unreadable 5 closing=false message is too long: bytes=65537 max=65536",
                        "unreadable 5 closing=false PAGES are not whole: bytes=4103",
                        "unreadable 5 closing=false PAGES without a page",
                        "unreadable 5 closing=false reserved bytes of the header are not zero",
                        "header " + new PacketHeader(3, 0x32, 0, 0, 5),
                        "unreadable 5 closing=false payload ends early: field=quarantinedPfn"
                                + " bytes=8 left=3",
                        "header " + new PacketHeader(0, 0x02, 0, 0, 10),
                        "message Ping[]");
        assertNothingLeaks();
    }

    @Test
    void skipsPayloadsThatTheSinkDoesNotWant() {
        sink.verdict = PacketSink.Verdict.SKIP;
        ByteBuf all = conversation();
        feed(all, all.readableBytes());
        assertThat(sink.events).allMatch(event -> event.startsWith("header"));
        assertThat(sink.events).hasSize(MessageSamples.ALL.size() + 3);
        assertNothingLeaks();
    }

    @Test
    void readsNothingMoreOnceStopped() {
        sink.verdict = PacketSink.Verdict.STOP;
        ByteBuf all = conversation();
        feed(all, all.readableBytes());
        assertThat(sink.events).hasSize(1);
        assertNothingLeaks();
    }

    @Test
    void dropsTheRestOfAPacketWhoseStreamFailed() {
        int[] asked = {0};
        sink.pauses = () -> ++asked[0] == 2; // the header is accepted, the first page data is not
        ByteBuf in = withPreface();
        pages(in, 7, 3);
        MessageCodec.write(in, 10, new Ping());
        channel.writeInbound(in);
        assertThat(sink.reader.isPaused()).isTrue();
        sink.reader.skipRest();
        sink.reader.resume();
        assertThat(sink.events).noneMatch(event -> event.startsWith("pages"));
        assertThat(sink.events).endsWith("message Ping[]");
    }

    @Test
    void aBugInTheSinkEndsTheReadingAndLeaksNothing() {
        sink.pauses =
                () -> {
                    throw new IllegalStateException("bug");
                };
        ByteBuf all = conversation();
        assertThatThrownBy(() -> feed(all, all.readableBytes()))
                .isInstanceOf(IllegalStateException.class);
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[100]));
        assertNothingLeaks();
    }

    @Test
    void survivesGarbageBehindThePreface() {
        for (int seed = 0; seed < 500; seed++) {
            byte[] garbage = new byte[1000];
            new Random(seed).nextBytes(garbage);
            EmbeddedChannel fresh = open(new RecordingSink(), allocator);
            fresh.writeInbound(withPreface(), Unpooled.wrappedBuffer(garbage));
            fresh.finish();
        }
        assertNothingLeaks();
    }

    private static EmbeddedChannel open(RecordingSink sink, ByteBufAllocator allocator) {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(allocator);
        sink.reader = new PacketReader(sink, PacketLimits.ofDaemon());
        channel.pipeline().addLast(sink.reader);
        return channel;
    }

    /** All messages, and PAGES of 1, 3 and 5 pages between them. */
    private static ByteBuf conversation() {
        ByteBuf all = withPreface();
        pages(all, 1, 1);
        long id = 2;
        for (Message message : MessageSamples.ALL) {
            MessageCodec.write(all, id++, message);
        }
        pages(all, id, 3);
        pages(all, id, 5);
        return all;
    }

    static void pages(ByteBuf out, long id, int pageCount) {
        Random random = new Random(pageCount);
        PagesPacket.writeHeader(out, id, 0, pageCount);
        for (int i = 0; i < pageCount; i++) {
            PagesPacket.writeEntry(out, i, random.nextInt());
        }
        byte[] page = new byte[WireLimits.PAGE_BYTES];
        for (int i = 0; i < pageCount; i++) {
            random.nextBytes(page);
            out.writeBytes(page);
        }
    }

    static ByteBuf withPreface() {
        ByteBuf out = Unpooled.buffer();
        Preface.write(out);
        return out;
    }

    private static void refused(ByteBuf out, int typeNumber, int reserved, int bytes) {
        new PacketHeader(bytes, typeNumber, 0, reserved, 5).write(out);
        out.writeZero(bytes);
    }

    private static List<String> readWhole(ByteBuf all) {
        RecordingSink sink = new RecordingSink();
        EmbeddedChannel channel = open(sink, UnpooledByteBufAllocator.DEFAULT);
        channel.writeInbound(all.copy());
        channel.finish();
        assertThat(sink.events).hasSize(2 * MessageSamples.ALL.size() + 9);
        return sink.events;
    }

    private void runTasks() {
        do {
            channel.runPendingTasks();
        } while (channel.runScheduledPendingTasks() >= 0);
    }

    private void feed(ByteBuf all, int bytes) {
        channel.writeInbound(copy(all, 0, bytes));
        all.skipBytes(bytes);
    }

    private ByteBuf copy(ByteBuf all, int from, int bytes) {
        return allocator
                .heapBuffer(Math.max(1, bytes))
                .writeBytes(all, all.readerIndex() + from, bytes);
    }

    private void assertNothingLeaks() {
        channel.finish();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    /** Says yes and no in turn. */
    private static final class EveryOther implements BooleanSupplier {
        private boolean last;

        @Override
        public boolean getAsBoolean() {
            last = !last;
            return last;
        }
    }
}
