package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.Errno;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StreamType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PramClientTest {
    private static final int PAGE = 4096;

    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client = PramClient.connect(daemon.uri());

    @TempDir private Path folder;

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, 1 << 20, (1 << 20) + 1, 7 * (1 << 20) + 123})
    void bytesComeBackAsTheyWereSaved(int length) {
        byte[] bytes = random(length);
        save("n", bytes, SaveOptions.defaults());
        assertThat(peek("n")).isEqualTo(bytes);
        assertThat(load("n")).isEqualTo(bytes);
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    void anyChunkingGivesTheSameBytes() {
        byte[] bytes = random(3_000_000);
        Random random = new Random(4);
        SaveStream save = client.openSave("n", SaveOptions.defaults());
        for (int at = 0; at < bytes.length; ) {
            int count = Math.min(bytes.length - at, 1 + random.nextInt(100_000));
            if (random.nextBoolean()) {
                save.write(bytes, at, count);
            } else {
                save.write(ByteBuffer.allocateDirect(count).put(bytes, at, count).flip());
            }
            at += count;
        }
        save.finish();
        try (LoadStream load = client.openPeek("n", LoadOptions.defaults())) {
            byte[] read = new byte[bytes.length];
            for (int at = 0; at < read.length; ) {
                at += load.read(read, at, Math.min(read.length - at, 1 + random.nextInt(9000)));
            }
            assertThat(load.read()).isEqualTo(-1);
            assertThat(load.read()).isEqualTo(-1);
            assertThat(read).isEqualTo(bytes);
        }
    }

    @Test
    void filesGoThroughWithoutAHeapCopy() throws IOException {
        byte[] bytes = random(5_000_001);
        Path file = Files.write(folder.resolve("in"), bytes);
        try (FileChannel in = FileChannel.open(file)) {
            SaveStream save = client.openSave("n", SaveOptions.defaults());
            while (save.transferFrom(in, Long.MAX_VALUE) >= 0) {}
            assertThat(save.length()).isEqualTo(bytes.length);
            save.finish();
        }
        Path out = folder.resolve("out");
        try (FileChannel target =
                        FileChannel.open(out, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                LoadStream load = client.openLoad("n", LoadOptions.defaults())) {
            while (load.transferTo(target) >= 0) {}
            load.finish();
        }
        assertThat(out).hasBinaryContent(bytes);
    }

    @Test
    void pagesKeepTheirOrderContentsAndFlags() {
        byte[] bytes = random(600 * PAGE);
        PageWriter writer = client.openPages("p", SaveOptions.defaults());
        for (int i = 0; i < 600; i++) {
            writer.append(ByteBuffer.wrap(bytes, i * PAGE, PAGE), i * 0x01010101);
        }
        writer.finish();
        try (PageReader reader = client.openPageLoad("p", LoadOptions.defaults())) {
            assertThat(reader.node().type()).isEqualTo(StreamType.PAGE);
            ByteBuffer page = ByteBuffer.allocate(PAGE);
            for (int i = 0; i < 600; i++) {
                assertThat(reader.next(page.clear())).isTrue();
                assertThat(page.flip()).isEqualTo(ByteBuffer.wrap(bytes, i * PAGE, PAGE));
                assertThat(reader.flags()).isEqualTo(i * 0x01010101);
            }
            assertThat(reader.next(page.clear())).isFalse();
            reader.finish();
        }
        assertThat(daemon.find("p")).isEmpty();
    }

    @Test
    void aPageOfAnotherSizeIsRefused() {
        PageWriter writer = client.openPages("p", SaveOptions.defaults());
        assertRejected(() -> writer.append(ByteBuffer.allocate(4095), 0), Errno.EINVAL);
        writer.append(ByteBuffer.allocate(4096), 7);
        writer.finish();
        assertThat(client.stat("p").pages()).isEqualTo(1);
    }

    @Test
    void closingBeforeFinishLeavesNothingOrEverything() {
        SaveStream save = client.openSave("n", SaveOptions.defaults());
        save.write(random(100_000), 0, 100_000);
        save.close();
        assertThat(daemon.find("n")).isEmpty();

        save("n", random(100_000), SaveOptions.defaults());
        client.openLoad("n", LoadOptions.defaults()).close();
        assertThat(client.stat("n").state()).isEqualTo(NodeState.READY);
    }

    @Test
    void namesAndMetadataAreCheckedBeforeAnythingIsSent() {
        assertRejected(() -> client.stat(""), Errno.EINVAL);
        assertRejected(() -> client.stat("x".repeat(256)), Errno.ENAMETOOLONG);
        SaveOptions reserved = SaveOptions.defaults().withMeta(Map.of("pram.x", "1"));
        assertRejected(() -> client.openSave("n", reserved), Errno.EINVAL);
    }

    @Test
    void refusalsKeepTheirErrno() {
        save("n", random(10), SaveOptions.defaults());
        assertRejected(() -> client.openSave("n", SaveOptions.defaults()), Errno.EEXIST);
        assertRejected(() -> client.openPageLoad("n", LoadOptions.defaults()), Errno.EPERM);
        assertRejected(() -> client.openLoad("m", LoadOptions.defaults()), Errno.ENOENT);
        assertRejected(() -> client.removeIfSequence("n", 99), Errno.ESTALE);
        LoadOptions other = LoadOptions.defaults().withExpectMeta(Map.of("v", "2"));
        assertRejected(() -> client.openPeek("n", other), Errno.EPERM);
        assertThat(peek("n")).hasSize(10);
    }

    @Test
    void pagesThatAreRefusedFailTheSaveEarly() {
        daemon.refusePages(Errno.ENOMEM, "no frame left");
        SaveStream save = client.openSave("n", SaveOptions.defaults());
        byte[] mebibyte = random(1 << 20);
        assertRejected(
                () -> {
                    for (int i = 0; i < 1000; i++) {
                        save.write(mebibyte, 0, mebibyte.length);
                    }
                },
                Errno.ENOMEM);
        save.close();
    }

    @Test
    void listsInPagesAndRemoves() {
        for (String name : new String[] {"a/1", "a/2", "a/3", "a/4", "b"}) {
            save(name, random(10), SaveOptions.defaults());
        }
        assertThat(client.list("a/"))
                .extracting(NodeRecord::name)
                .containsExactly("a/1", "a/2", "a/3", "a/4");
        long sequence = client.stat("a/2").sequence();
        assertThat(client.removeIfSequence("a/2", sequence)).isEqualTo(sequence);
        daemon.find("b").orElseThrow().quarantine();
        NodeRecord quarantined = client.list("b").get(0);
        assertThat(client.statQuarantined(quarantined.pfn()).reason()).isNotEmpty();
        client.removeQuarantined(quarantined.pfn());
        assertThat(client.removeAll("")).isEqualTo(3);
        assertThat(client.list("")).isEmpty();
    }

    @Test
    void asksForFiguresAndSignsOfLife() {
        client.ping();
        assertThat(client.info()).containsEntry("frames.total", InfoValue.of(1024));
        assertThat(client.check().problems()).containsExactly("frame 9: lost");
        assertThat(client.outcome(SaveId.random()).outcome()).isEqualTo(Outcome.NOT_DONE);
    }

    @Test
    void aPageThatDoesNotVerifyIsNeverHandedOut() {
        save("n", random(3_000_000), SaveOptions.defaults());
        daemon.find("n").orElseThrow().damage(700);
        try (LoadStream load = client.openPeek("n", LoadOptions.defaults())) {
            assertThatThrownBy(() -> load.readAllBytes())
                    .isInstanceOfSatisfying(
                            RejectedException.class,
                            e -> {
                                assertThat(e.errno()).isEqualTo(Errno.EIO);
                                assertThat(e.pageIndex()).hasValue(700);
                                assertThat(e).hasMessageContaining("quarantined");
                            });
        }
    }

    @Test
    void aSaveWhoseAnswerIsLostIsSettledByItsOutcome() {
        daemon.cutAfter(MessageType.FINISH_SAVE);
        save("n", random(100_000), SaveOptions.defaults());
        assertThat(client.stat("n").length()).isEqualTo(100_000);
    }

    @Test
    void aSaveThatWasNotDoneSaysSo() {
        daemon.cutBefore(MessageType.FINISH_SAVE);
        assertThatThrownBy(() -> save("n", random(100_000), SaveOptions.defaults()))
                .isInstanceOf(NotSentException.class)
                .hasMessageContaining("not done");
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    void aSaveThatCannotBeAskedAboutHasAnUnknownOutcome() {
        daemon.cutAfter(MessageType.FINISH_SAVE);
        SaveOptions nameless = SaveOptions.defaults().withSaveId(SaveId.NONE);
        assertThatThrownBy(() -> save("n", random(10), nameless))
                .isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void aConnectionLostBeforeFinishMeansNothingWasSaved() {
        daemon.cutBefore(MessageType.DISCARD);
        SaveStream save = client.openSave("n", SaveOptions.defaults());
        save.discard();
        daemon.awaitGone("n");
        SaveStream cut = client.openSave("n", SaveOptions.defaults());
        cut.write(random(100_000), 0, 100_000);
        daemon.cutConnections();
        assertThatThrownBy(cut::finish).isInstanceOf(NotSentException.class);
        daemon.awaitGone("n");
    }

    @Test
    void aConsumeWhoseAnswerIsLostIsNeverTakenForDone() {
        save("n", random(10), SaveOptions.defaults());
        daemon.cutAfter(MessageType.FINISH_LOAD);
        LoadStream load = client.openLoad("n", LoadOptions.defaults());
        assertThatThrownBy(load::finish).isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void aConsumeThatWasCutBeforehandIsRepeatedUnderItsSequence() {
        save("n", random(10), SaveOptions.defaults());
        daemon.cutBefore(MessageType.FINISH_LOAD);
        LoadStream load = client.openLoad("n", LoadOptions.defaults());
        load.finish();
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    void aChangeWhoseAnswerIsLostHasAnUnknownOutcome() {
        save("n", random(10), SaveOptions.defaults());
        daemon.cutAfter(MessageType.REMOVE);
        assertThatThrownBy(() -> client.remove("n")).isInstanceOf(OutcomeUnknownException.class);
        client.ping(); // on a new connection
    }

    @Test
    void aGrowthWhoseAnswerIsLostHasAnUnknownOutcome() {
        daemon.cutAfter(MessageType.GROW);
        assertThatThrownBy(() -> client.grow(8 << 20))
                .isInstanceOfSatisfying(
                        OutcomeUnknownException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
    }

    @Test
    void aDaemonThatStopsAnsweringEndsTheCall() {
        save("n", random(10), SaveOptions.defaults());
        PramConfig impatient = PramConfig.defaults().withNoProgress(Duration.ofMillis(1500));
        try (PramClient other = PramClient.connect(daemon.uri(), impatient)) {
            daemon.ignore(MessageType.STAT);
            assertNoProgress(() -> other.stat("n"));
            daemon.ignore(MessageType.REMOVE);
            assertThatThrownBy(() -> other.remove("n")).isInstanceOf(OutcomeUnknownException.class);
            daemon.ignore(MessageType.READ);
            assertNoProgress(() -> other.openPeek("n", LoadOptions.defaults()).read());
        }
    }

    private static void assertNoProgress(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        NotSentException.class, e -> assertThat(e.isNoProgress()).isTrue());
    }

    @Test
    void noDaemonMeansNotSent() {
        daemon.close();
        assertThatThrownBy(() -> PramClient.connect(daemon.uri()))
                .isInstanceOf(NotSentException.class)
                .hasMessageContaining("cannot connect to " + daemon.uri());
        long start = System.nanoTime();
        PramConfig waiting = PramConfig.defaults().withConnectWait(Duration.ofMillis(600));
        assertThatThrownBy(() -> PramClient.connect(daemon.uri(), waiting))
                .isInstanceOf(NotSentException.class);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(200L, 5000L);
    }

    @Test
    void aClosedClientSaysSo() {
        client.close();
        assertThatThrownBy(client::ping).isInstanceOf(NotSentException.class);
        assertThatThrownBy(() -> client.openSave("n", SaveOptions.defaults()))
                .isInstanceOf(NotSentException.class);
    }

    private void save(String name, byte[] bytes, SaveOptions options) {
        try (SaveStream save = client.openSave(name, options)) {
            save.write(bytes, 0, bytes.length);
            save.finish();
        }
    }

    private byte[] peek(String name) {
        try (LoadStream load = client.openPeek(name, LoadOptions.defaults())) {
            return load.readAllBytes();
        }
    }

    private byte[] load(String name) {
        try (LoadStream load = client.openLoad(name, LoadOptions.defaults())) {
            byte[] bytes = load.readAllBytes();
            load.finish();
            return bytes;
        }
    }

    private static void assertRejected(Runnable call, Errno errno) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
