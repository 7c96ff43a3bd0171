package io.pramd.daemon.process;

import static io.pramd.daemon.process.Hits.build;
import static io.pramd.daemon.process.Hits.read;
import static io.pramd.daemon.process.Hits.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.MissingPages;
import io.pramd.client.NotSentException;
import io.pramd.client.OutcomeUnknownException;
import io.pramd.client.PageReader;
import io.pramd.client.PageWriter;
import io.pramd.client.PeekStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramTls;
import io.pramd.client.RejectedException;
import io.pramd.client.SalvageStream;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveOutcome;
import io.pramd.client.SaveStream;
import io.pramd.client.WarmState;
import io.pramd.client.micrometer.PramMeters;
import io.pramd.client.testing.PramdProcess;
import io.pramd.daemon.embedded.EmbeddedPramd;
import io.pramd.daemon.fixture.Certificates;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.SaveId;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/client.md, which is held against the regions of this file, at work. */
class TutorialIT {
    private static PramdProcess daemon;

    @TempDir private Path folder;

    private final PramClient client = PramClient.connect(daemon.uri());
    private final String uri = daemon.uri();
    private final byte[] model = {1, 2, 3};

    @BeforeAll
    static void start() {
        String launcher = System.getProperty("pramd.distribution") + "/bin/pramd";
        daemon = PramdProcess.builder().command(launcher).start();
    }

    @AfterEach
    void removeAll() {
        client.removeAll("");
        client.close();
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    @Test
    void connects() {
        // region: connect
        try (PramClient client = PramClient.connect(uri)) {
            client.ping();
        }
        // endregion
        // region: configure
        PramConfig config =
                PramConfig.defaults()
                        .withAgent("search-service")
                        .withConnectWait(Duration.ofSeconds(10)) // the daemon may start after us
                        .withRetryFor(Duration.ofSeconds(30)); // and may be restarted meanwhile
        PramClient client = PramClient.connect(uri, config);
        // endregion
        client.ping();
        client.close();
    }

    @Test
    void configuresTls() throws IOException {
        Path ca = Certificates.in(folder.resolve("certificates")).authority();
        Path token = Files.writeString(folder.resolve("token"), "issued by the operator\n");
        // region: tls
        PramConfig config =
                PramConfig.defaults()
                        .withTls(PramTls.defaults().withTrust(ca))
                        .withTokenFile(token);
        PramClient client = PramClient.lazy("prams://memory.example", config);
        // endregion
        client.close();
    }

    @Test
    void savesAndLoads() {
        // region: save-load
        client.save("model", model);

        byte[] back = client.load("model", in -> in.readAllBytes());
        // endregion
        assertThat(back).isEqualTo(model);
        assertThat(client.list()).isEmpty();
    }

    @Test
    void savesWhatAWriterWrites() throws IOException {
        // region: writer
        client.save(
                "counters",
                out -> {
                    try (DataOutputStream data = new DataOutputStream(out)) {
                        data.writeInt(2);
                        data.writeUTF("hits");
                        data.writeLong(1_000_000);
                    }
                });

        int counters =
                client.peek(
                        "counters",
                        in -> {
                            DataInputStream data = new DataInputStream(in);
                            return data.readInt();
                        });
        // endregion
        assertThat(counters).isEqualTo(2);
    }

    @Test
    void looksAndFinds() {
        client.save("model", model);
        // region: find
        Optional<byte[]> mayBeThere = client.findPeek("model", in -> in.readAllBytes());
        Optional<NodeRecord> node = client.find("model");
        List<NodeRecord> models = client.list("mod");
        // endregion
        assertThat(mayBeThere).hasValue(model);
        assertThat(node).isPresent();
        assertThat(models).hasSize(1);
    }

    @Test
    void takesOptions() {
        // region: options
        SaveOptions options =
                SaveOptions.defaults()
                        .withReplace(true)
                        .withMeta(Map.of("version", "7"))
                        .withDeadline(Duration.ofSeconds(20));
        client.save("model", options, model);

        LoadOptions onlySeven = LoadOptions.defaults().withExpectMeta(Map.of("version", "7"));
        byte[] seven = client.peek("model", onlySeven, in -> in.readAllBytes());

        LoadOptions waiting = LoadOptions.defaults().withWaitFor(Duration.ofSeconds(30));
        byte[] whenReady = client.load("model", waiting, in -> in.readAllBytes());
        // endregion
        assertThat(seven).isEqualTo(model);
        assertThat(whenReady).isEqualTo(model);
    }

    @Test
    void opensStreams() {
        ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 20);
        // region: streams
        try (SaveStream out = client.openSave("big")) {
            for (int i = 0; i < 8; i++) {
                out.write(chunk.clear()); // a large direct buffer is sent from where it is
            }
            out.finish(); // before this nobody sees it; close without it discards
        }

        ByteBuffer target = ByteBuffer.allocateDirect(8 << 20);
        try (LoadStream in = client.openLoad("big")) {
            while (in.read(target) >= 0 && target.hasRemaining()) {}
            in.finish(); // consumes; close without it leaves the node
        }
        // endregion
        assertThat(target.hasRemaining()).isFalse();
        assertThat(client.list()).isEmpty();
    }

    @Test
    void copiesFiles() throws IOException {
        Path file = Files.write(folder.resolve("in"), new byte[100_000]);
        Path copy = folder.resolve("out");
        // region: files
        client.save("file", file);

        try (LoadStream in = client.openLoad("file");
                FileChannel out =
                        FileChannel.open(
                                copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (in.transferTo(out) >= 0) {}
            out.force(true); // the copy is safe before the node goes
            in.finish();
        }
        // endregion
        assertThat(copy).hasSameBinaryContentAs(file);
    }

    @Test
    void seeks() {
        client.save("model", new byte[100_000]);
        // region: seek
        try (PeekStream in = client.openPeek("model")) { // also a SeekableByteChannel
            in.position(in.size() - 8);
            byte[] trailer = in.readAllBytes();
            assertThat(trailer).hasSize(8);
        }

        LoadOptions header = LoadOptions.defaults().withRange(0, 64);
        byte[] first = client.peek("model", header, in -> in.readAllBytes());
        // endregion
        assertThat(first).hasSize(64);
    }

    @Test
    void salvages() {
        client.save("model", new byte[100_000]);
        // region: salvage
        try (SalvageStream in = client.openSalvage("model")) {
            byte[] left = in.readAllBytes();
            List<MissingPages> missing = in.missingPages(); // zeros are in their place
            assertThat(missing).isEmpty();
            assertThat(left).hasSize(100_000);
        }
        // endregion
    }

    @Test
    void movesPages() {
        ByteBuffer page = ByteBuffer.allocate(4096);
        // region: pages
        try (PageWriter out = client.openPages("heap")) {
            out.append(page.putLong(0, 42).clear(), 1); // 4096 bytes and 32 bits of yours
            out.finish();
        }

        try (PageReader in = client.openPageLoad("heap", LoadOptions.defaults())) {
            while (in.next(page.clear())) {
                assertThat(in.flags()).isEqualTo(1);
            }
            in.finish();
        }
        // endregion
        assertThat(page.getLong(0)).isEqualTo(42);
    }

    @Test
    void handsWarmStateOver() throws IOException {
        // region: warm
        WarmState<Map<String, Long>> warm =
                WarmState.of(client, "hits")
                        .fingerprint("format 1")
                        .checkpointEvery(Duration.ofMinutes(5))
                        .restoreOrBuild(in -> read(in), () -> build(), (m, out) -> write(m, out));
        Map<String, Long> hits = warm.get();
        // endregion
        hits.put("/index.html", 1L);
        warm.close();
        Map<String, Long> saved = client.peek("hits", in -> read(in));
        assertThat(saved).containsEntry("/index.html", 1L);
    }

    @Test
    void saysWhetherItHappened() {
        client.save("model", model);
        assertThatThrownBy(() -> saveOrSay(client)).isInstanceOf(IllegalStateException.class);
    }

    private void saveOrSay(PramClient client) {
        // region: exceptions
        try {
            client.save("model", model);
        } catch (RejectedException e) { // it did not happen, and e.errno() says why
            if (e.errno() == Errno.EEXIST) {
                throw new IllegalStateException("somebody else has saved a model", e);
            }
            throw e;
        } catch (NotSentException e) { // it did not happen: no daemon, or none any more
            throw e;
        } catch (OutcomeUnknownException e) { // it may have happened
            throw e;
        }
        // endregion
    }

    @Test
    void asksForTheOutcome() {
        // region: outcome
        SaveId saveId = SaveId.random(); // kept where the next process finds it
        client.save("model", SaveOptions.defaults().withSaveId(saveId), model);

        SaveOutcome outcome = client.outcome(saveId); // also of a process that is no more
        boolean done =
                switch (outcome.outcome()) {
                    case DONE, GONE -> true; // saved; or saved and taken since
                    case NOT_DONE -> false; // and it never will be
                    // the daemon was restarted meanwhile, and it is not there: it was taken since,
                    // or it was never done
                    case UNKNOWN -> false;
                };
        // endregion
        assertThat(done).isTrue();
    }

    @Test
    void callsAsynchronously() {
        // region: async
        SaveOptions soon = SaveOptions.defaults().withDeadline(Duration.ofSeconds(10));
        CompletableFuture<Integer> size =
                client.async()
                        .save("model", soon, model)
                        .thenCompose(s -> client.async().peek("model", in -> in.readAllBytes()))
                        .thenApply(bytes -> bytes.length);
        // endregion
        assertThat(size.join()).isEqualTo(3);
    }

    @Test
    void testsInTheSameJvm() {
        // region: embedded
        try (EmbeddedPramd daemon = EmbeddedPramd.start();
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("model", model);
            daemon.restart();
            assertThat(client.find("model")).isPresent();
        }
        // endregion
    }

    @Test
    void listens() {
        MeterRegistry registry = new SimpleMeterRegistry();
        // region: meters
        PramConfig config = PramConfig.defaults().withListener(new PramMeters(registry));
        // endregion
        try (PramClient told = PramClient.connect(uri, config)) {
            told.ping();
        }
        assertThat(registry.find("pram.calls").timer()).isNotNull();
    }

    @Test
    void testsWithARealDaemon() {
        String launcher = System.getProperty("pramd.distribution") + "/bin/pramd";
        System.setProperty("pramd.command", launcher);
        // region: testing
        try (PramdProcess daemon = PramdProcess.start();
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("model", model);
            daemon.kill(); // SIGKILL
            daemon.restart(); // on the same memory file, at the same address
            byte[] back = client.load("model", in -> in.readAllBytes());
            assertThat(back).isEqualTo(model);
        }
        // endregion
        System.clearProperty("pramd.command");
    }
}
