package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.Errno;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.SaveId;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShortFormsTest {
    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client = PramClient.connect(daemon.uri());

    @TempDir private Path folder;

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @Test
    void everySourceGivesTheSameNode() throws IOException {
        byte[] bytes = random(3_000_001);
        Path file = Files.write(folder.resolve("file"), bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 7).position(7);
        direct.put(bytes).position(7);
        client.save("array", bytes);
        client.save("file", file);
        client.save("heap", ByteBuffer.wrap(bytes));
        client.save("direct", direct);
        client.save("writer", out -> out.write(bytes, 0, bytes.length));
        for (String name : new String[] {"array", "file", "heap", "direct", "writer"}) {
            assertThat(client.peek(name, LoadStream::readAllBytes)).as(name).isEqualTo(bytes);
        }
        assertThat(direct.position()).isEqualTo(7);
    }

    @Test
    void loadConsumesOnReturnAndPeekNever() {
        client.save("n", random(10));
        assertThat(client.peek("n", LoadStream::readAllBytes)).hasSize(10);
        assertThat(client.load("n", LoadStream::readAllBytes)).hasSize(10);
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    void whatAWriterThrowsDiscardsTheSaveAndReachesTheCallerAsItIs() {
        IOException thrown = new IOException("mine");
        assertThatThrownBy(
                        () ->
                                client.save(
                                        "n",
                                        out -> {
                                            out.write(1);
                                            throw thrown;
                                        }))
                .isSameAs(thrown);
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    void whatAReaderThrowsLeavesTheNode() {
        client.save("n", random(10));
        IOException thrown = new IOException("mine");
        StreamReader<Void, IOException> reader =
                in -> {
                    in.readAllBytes();
                    throw thrown;
                };
        assertThatThrownBy(() -> client.load("n", reader)).isSameAs(thrown);
        assertThat(client.stat("n").state()).isEqualTo(NodeState.READY);
    }

    @Test
    void streamsAroundALentOneMayBeClosed() throws IOException {
        client.save(
                "n",
                out -> {
                    try (DataOutputStream data = new DataOutputStream(new GZIPOutputStream(out))) {
                        data.writeUTF("still here");
                    }
                });
        String text =
                client.load(
                        "n",
                        in -> {
                            try (DataInputStream data =
                                    new DataInputStream(new GZIPInputStream(in))) {
                                return data.readUTF();
                            }
                        });
        assertThat(text).isEqualTo("still here");
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    void aLentStreamIsNotFinishedByItsBorrower() {
        assertThatThrownBy(() -> client.save("n", SaveStream::finish))
                .isInstanceOf(IllegalStateException.class);
        assertThat(daemon.find("n")).isEmpty();
        client.save("n", random(10));
        assertThatThrownBy(() -> client.load("n", this::finishInside))
                .isInstanceOf(IllegalStateException.class);
        assertThat(client.stat("n").state()).isEqualTo(NodeState.READY);
    }

    private Void finishInside(LoadStream in) {
        in.finish();
        return null;
    }

    @Test
    void findSaysEmptyOnlyForANodeThatIsNotThere() {
        assertThat(client.find("n")).isEmpty();
        assertThat(client.findLoad("n", LoadStream::readAllBytes)).isEmpty();
        assertThat(client.findPeek("n", LoadStream::readAllBytes)).isEmpty();
        client.save("n", random(10));
        assertThat(client.find("n")).isPresent();
        assertThat(client.findPeek("n", LoadStream::readAllBytes)).isPresent();
        assertThatThrownBy(() -> client.findPeek("n", in -> client.stat("other")))
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
        assertThat(client.findLoad("n", LoadStream::readAllBytes)).isPresent();
        assertThat(client.find("n")).isEmpty();
    }

    @Test
    void aFileThatIsNotThereIsTheCallersOwnError() {
        assertThatThrownBy(() -> client.save("n", folder.resolve("missing")))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    void optionsServeAnyNumberOfSaves() {
        SaveOptions options = SaveOptions.defaults().withReplace(true);
        client.save("n", options, random(10));
        SaveId first = client.stat("n").saveId();
        client.save("n", options, random(20));
        assertThat(client.stat("n").saveId()).isNotEqualTo(first);
        assertThat(client.stat("n").length()).isEqualTo(20);
    }

    @Test
    void aSaveThatWasNotDoneIsRepeatedUnderANewSaveIdWhereTheSourceCanBeReadAgain()
            throws IOException {
        byte[] bytes = random(100_000);
        daemon.cutBefore(MessageType.FINISH_SAVE);
        client.save("array", bytes);
        assertThat(client.peek("array", LoadStream::readAllBytes)).isEqualTo(bytes);

        daemon.cutBefore(MessageType.PREPARE_SAVE);
        client.save("again", ByteBuffer.wrap(bytes));
        assertThat(client.peek("again", LoadStream::readAllBytes)).isEqualTo(bytes);

        daemon.cutBefore(MessageType.FINISH_SAVE);
        client.save("file", Files.write(folder.resolve("file"), bytes));
        assertThat(client.peek("file", LoadStream::readAllBytes)).isEqualTo(bytes);
        assertThat(client.list()).hasSize(3);
    }

    @Test
    void aWriterIsNeverRunTwice() {
        daemon.cutBefore(MessageType.FINISH_SAVE);
        int[] runs = {0};
        assertThatThrownBy(
                        () ->
                                client.save(
                                        "n",
                                        out -> {
                                            runs[0]++;
                                            out.write(1);
                                        }))
                .isInstanceOf(NotSentException.class);
        assertThat(runs[0]).isEqualTo(1);
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    void aSaveIdOfTheCallersOwnIsNeverExchanged() {
        SaveId mine = SaveId.random();
        daemon.cutBefore(MessageType.FINISH_SAVE);
        SaveOptions options = SaveOptions.defaults().withSaveId(mine);
        assertThatThrownBy(() -> client.save("n", options, random(10)))
                .isInstanceOf(NotSentException.class)
                .hasMessageContaining("new save id");
        assertThat(client.outcome(mine).outcome()).isEqualTo(Outcome.NOT_DONE);

        daemon.cutAfter(MessageType.FINISH_SAVE);
        SaveId other = SaveId.random();
        long sequence = client.save("m", SaveOptions.defaults().withSaveId(other), random(10));
        assertThat(client.outcome(other).sequence()).hasValue(sequence);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
