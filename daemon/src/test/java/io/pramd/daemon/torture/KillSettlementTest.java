package io.pramd.daemon.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.embedded.EmbeddedPramd;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.WayIn;
import io.pramd.protocol.Durability;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.StreamType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the torture would say of a store that loses, changes or makes up something. */
class KillSettlementTest {
    private static final String NAME = "w/0";

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final KillStreams streams = new KillStreams();

    @TempDir Path folder;

    private EmbeddedPramd daemon;
    private PramClient client;
    private KillWorker worker;

    @BeforeEach
    void start() {
        daemon = EmbeddedPramd.start(folder.resolve("m"));
        client = PramClient.connect(daemon.uri());
        worker = worker();
    }

    @AfterEach
    void end() {
        worker.close();
        client.close();
        daemon.close();
    }

    private KillWorker worker() {
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        return new KillWorker(folder, "w", 1, new KillFaults(out));
    }

    private KillNode saved(KillNode node) {
        SaveOptions options =
                SaveOptions.defaults()
                        .withReplace(true)
                        .withSaveId(node.saveId())
                        .withMeta(node.meta());
        return node.withSequence(streams.save(client, NAME, options, node));
    }

    private static KillNode node(int seed, StreamType type) {
        KillNode random = KillNode.random(new Random(seed));
        return new KillNode(random.seed(), type, 3 * KillNode.PAGE, random.saveId(), 0);
    }

    private String settle() throws Exception {
        worker.settle(client, WayIn.open(daemon.uri()));
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void isContentWithEverythingThatAnUnknownOutcomeMayHaveLeft() throws Exception {
        KillNode there = saved(node(1, StreamType.PAGE));
        worker.journal().is(NAME, Optional.of(node(2, StreamType.BYTE).withSequence(1)));
        worker.journal().may(NAME, Optional.of(there.withSequence(0)));

        assertThat(settle()).isEmpty();
        assertThat(worker.journal().sure(NAME)).contains(there);
    }

    @Test
    void findsLostWhatWasAcknowledgedAndIsGone() throws Exception {
        worker.journal().is(NAME, Optional.of(saved(node(1, StreamType.BYTE))));
        client.remove(NAME);

        assertThat(settle()).startsWith("fault lost");
    }

    @Test
    void findsLostWhatAnOlderNodeHasTakenThePlaceOf() throws Exception {
        saved(node(1, StreamType.BYTE));
        worker.journal().is(NAME, Optional.of(node(2, StreamType.BYTE).withSequence(9)));

        assertThat(settle()).startsWith("fault lost");
    }

    @Test
    void findsWrongWhatComesBack() throws Exception {
        saved(node(1, StreamType.BYTE));
        worker.journal().is(NAME, Optional.empty());

        assertThat(settle()).startsWith("fault wrong");
    }

    @Test
    void findsWrongContentsOfEitherType() throws Exception {
        for (StreamType type : List.of(StreamType.PAGE, StreamType.BYTE)) {
            KillNode meant = node(type.number(), type);
            KillNode other = new KillNode(7, type, meant.length(), meant.saveId(), 0);
            SaveOptions options =
                    SaveOptions.defaults()
                            .withReplace(true)
                            .withSaveId(meant.saveId())
                            .withMeta(meant.meta());
            long sequence = streams.save(client, NAME, options, other);
            worker.journal().is(NAME, Optional.of(meant.withSequence(sequence)));
            said.reset();

            assertThat(settle()).startsWith("fault wrong").contains("page=0 differs");
        }
    }

    @Test
    void findsWrongAnOutcomeThatContradictsTheStore() throws Exception {
        KillNode node = saved(node(1, StreamType.BYTE));
        worker.journal().is(NAME, Optional.empty());
        client.remove(NAME);
        worker.journal().fate(node.saveId(), KillJournal.Fate.SAVED);
        assertThat(settle()).as("gone: neither there nor done").isEmpty();

        client.save("beside", SaveOptions.defaults().withSaveId(node.saveId()), new byte[1]);

        assertThat(settle()).startsWith("fault wrong").contains("outcome");
    }

    @Test
    void anotherWorkerKnowsWhatTheJournalOfAKilledOneSays() throws Exception {
        List<Durability> levels = List.of(Durability.DAEMON_DEFAULT);
        AtomicBoolean ends = new AtomicBoolean();
        Thread thread = Thread.ofVirtual().start(() -> worker.work(daemon.uri(), levels, ends));
        while (worker.journal().fates().size() < 5) {
            Thread.onSpinWait();
        }
        ends.set(true);
        thread.join();
        worker.close();
        // no daemon is killed here that would let go of what was cut off at the last moment
        Await.until("no stream is open", () -> openStreams() == 0);

        worker = worker();

        assertThat(worker.journal().names()).isNotEmpty();
        assertThat(settle()).isEmpty();
    }

    private long openStreams() {
        Map<String, InfoValue> info = client.info();
        return Stream.of("streams.saving", "streams.loading")
                .mapToLong(key -> ((InfoValue.Count) info.get(key)).value())
                .sum();
    }
}
