package io.pramd.daemon.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.embedded.EmbeddedPramd;
import io.pramd.daemon.fixture.WayIn;
import io.pramd.daemon.torture.KillJournal.Fate;
import io.pramd.protocol.Durability;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.StreamType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the torture says of a node whose time is over before anybody could say that it was saved.
 */
class KillEndingsTest {
    private static final String NAME = "w/0";
    private static final long TTL_MILLIS = 100;

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
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        worker = new KillWorker(folder, "w", 1, new KillFaults(out));
    }

    @AfterEach
    void end() {
        worker.close();
        client.close();
        daemon.close();
    }

    private static KillNode node(int seed) {
        KillNode random = KillNode.random(new Random(seed));
        KillNode node = new KillNode(random.seed(), StreamType.BYTE, 1, random.saveId(), 0);
        long soonest = KillLife.now() + TTL_MILLIS;
        return node.living(new KillLife(TTL_MILLIS, soonest, Long.MAX_VALUE));
    }

    private KillNode saved(String name, KillNode node) {
        SaveOptions options =
                SaveOptions.defaults()
                        .withReplace(true)
                        .withTimeToLive(Duration.ofMillis(TTL_MILLIS))
                        .withSaveId(node.saveId())
                        .withMeta(node.meta());
        long sequence = streams.save(client, name, options, node);
        return node.withSequence(sequence).living(node.life().saved());
    }

    private boolean isDone(KillNode node) {
        return client.outcome(node.saveId()).outcome() == Outcome.DONE;
    }

    private void awaitDropped(KillNode node) {
        while (isDone(node)) {
            Thread.onSpinWait();
        }
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aSaveWhoseAnswerWasLostMayBeGoneByItselfWhenItIsAskedFor() throws Exception {
        KillHand hand =
                new KillHand(
                        client,
                        WayIn.open(daemon.uri()),
                        worker,
                        List.of(Durability.DAEMON_DEFAULT));
        KillNode node = node(1);
        worker.journal().may(NAME, Optional.of(node));
        awaitDropped(saved(NAME, node));

        new KillSaves(hand, streams).settle(NAME, node);

        assertThat(said()).isEmpty();
        assertThat(worker.journal().sure(NAME)).isEmpty();
        assertThat(worker.journal().fates()).containsEntry(node.saveId(), Fate.EXPIRED);
    }

    @Test
    void oneThatIsOverAndNotDroppedYetMayStillBeSaidToBeDone() throws Exception {
        awaitDropped(saved("beside", node(1))); // the daemon does not look again for a second
        KillNode node = saved(NAME, node(2));
        worker.journal().is(NAME, Optional.of(node));
        worker.journal().may(NAME, Optional.of(node(3)));
        while (!node.life().isOver()) {
            Thread.onSpinWait();
        }
        boolean isDoneBefore = isDone(node);

        worker.settle(client, WayIn.open(daemon.uri()));

        assertThat(said()).isEmpty();
        assertThat(worker.journal().sure(NAME)).isEmpty();
        assertThat(isDoneBefore).isTrue();
    }
}
