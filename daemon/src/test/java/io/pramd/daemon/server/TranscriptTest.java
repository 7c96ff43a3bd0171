package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pramd.protocol.Consumed;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.Preface;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.Welcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays the transcripts of docs/protocol.md: what a stranger reads there is what the daemon does.
 */
class TranscriptTest {
    private static final Path PAGE = Path.of("../docs/protocol.md");

    /** Immutable: one packet, or a preface, of a transcript. */
    private record Turn(boolean byClient, ByteBuf bytes) {}

    @TempDir private Path folder;

    @Test
    void theDaemonAnswersAsTheTranscriptsSay() throws IOException {
        try (ServedStore served = ServedStore.in(folder)) {
            replay(served, transcript("save"));
            replay(served, transcript("load"));
            assertThat(served.sessions().store().info()).containsEntry("nodes.ready", 0L);
        }
    }

    private static void replay(ServedStore served, List<Turn> turns) {
        try (EmbeddedClient client = served.connect()) {
            ByteBuf answered = Unpooled.buffer();
            long sequence = 0;
            for (Turn turn : turns) {
                if (turn.byClient()) {
                    byte[] bytes = bytes(withSequence(turn.bytes(), sequence));
                    client.send(bytes, 0, bytes.length);
                } else {
                    answered.writeBytes(client.rawOutput());
                    sequence = Math.max(sequence, compare(turn.bytes(), answered));
                }
            }
            assertThat(answered.isReadable()).as("nothing else is said").isFalse();
        }
    }

    /** Takes one packet from the answers; returns the sequence it names, or 0. */
    private static long compare(ByteBuf expected, ByteBuf answered) {
        if (Preface.matches(expected)) {
            assertThat(Preface.matches(answered)).isTrue();
            answered.skipBytes(Preface.BYTES);
            return 0;
        }
        PacketHeader expectedHeader = PacketHeader.read(expected);
        PacketHeader header = PacketHeader.read(answered);
        ByteBuf payload = answered.readSlice((int) header.length());
        assertThat(header.type()).isEqualTo(expectedHeader.type());
        assertThat(header.id()).isEqualTo(expectedHeader.id());
        if (header.type() == MessageType.PAGES) {
            assertThat(header).isEqualTo(expectedHeader);
            assertThat(bytes(payload)).isEqualTo(bytes(expected));
            return 0;
        }
        Message said = MessageCodec.decode(header, payload);
        Message written = MessageCodec.decode(expectedHeader, expected);
        long sequence = sequence(said);
        assertThat(said).isEqualTo(varied(written, said));
        return sequence;
    }

    private static long sequence(Message said) {
        if (said instanceof SaveOpened m) {
            return m.sequence();
        }
        return said instanceof LoadOpened m ? m.node().sequence() : 0;
    }

    /** What the page says, with the fields that vary as they came. */
    private static Message varied(Message written, Message said) {
        if (written instanceof LoadOpened w && said instanceof LoadOpened s) {
            NodeRecord from = w.node();
            NodeRecord to = s.node();
            return new LoadOpened(
                    new NodeRecord(
                            from.state(),
                            from.type(),
                            from.flags(),
                            to.sequence(),
                            to.streamSequence(),
                            to.createdMillis(),
                            from.length(),
                            from.pages(),
                            to.pfn(),
                            from.expiryMillis(),
                            from.saveId(),
                            from.name(),
                            from.owner(),
                            from.meta(),
                            from.reason()));
        }
        boolean varies =
                (written instanceof Welcome w
                                && said instanceof Welcome s
                                && w.version() == s.version())
                        || written instanceof SaveOpened
                        || written instanceof Saved
                        || written instanceof Consumed;
        return varies ? said : written;
    }

    /** Where the client names a sequence, it is the one that the daemon has just given. */
    private static ByteBuf withSequence(ByteBuf packet, long sequence) {
        if (Preface.matches(packet)) {
            return packet;
        }
        PacketHeader header = PacketHeader.read(packet.duplicate());
        if (header.type() != MessageType.FINISH_LOAD) {
            return packet;
        }
        ByteBuf finish = Unpooled.buffer();
        MessageCodec.write(finish, header.id(), new FinishLoad(sequence));
        return finish;
    }

    private static List<Turn> transcript(String name) throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf("```\n", page.indexOf("<!-- printed: " + name + " -->")) + 4;
        List<Turn> turns = new ArrayList<>();
        for (String line : page.substring(start, page.indexOf("```", start)).split("\n")) {
            String text = line.strip();
            if (!line.startsWith(" ")) {
                turns.add(new Turn(line.startsWith("C"), Unpooled.buffer()));
            } else if (text.startsWith("zeros ")) {
                last(turns).writeZero(Integer.parseInt(text.substring("zeros ".length())));
            } else {
                last(turns).writeBytes(HexFormat.of().parseHex(text.replace(" ", "")));
            }
        }
        return turns;
    }

    private static ByteBuf last(List<Turn> turns) {
        return turns.get(turns.size() - 1).bytes();
    }

    private static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.getBytes(buffer.readerIndex(), bytes);
        return bytes;
    }
}
