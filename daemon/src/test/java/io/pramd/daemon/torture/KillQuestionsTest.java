package io.pramd.daemon.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.embedded.EmbeddedPramd;
import io.pramd.daemon.fixture.WayIn;
import io.pramd.protocol.Durability;
import io.pramd.protocol.StreamType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the torture asks must be a question whose answer it knows. */
class KillQuestionsTest {
    private static final int QUESTIONS = 500;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @TempDir Path folder;

    @Test
    void neverMeansTheNodeThatIsThereWhenItAsksForTheRemovalOfAnother() throws Exception {
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        try (EmbeddedPramd daemon = EmbeddedPramd.start(folder.resolve("m"));
                PramClient client = PramClient.connect(daemon.uri());
                KillWorker worker = new KillWorker(folder, "w", 1, new KillFaults(out))) {
            List<Durability> levels = List.of(Durability.DAEMON_DEFAULT);
            KillHand hand = new KillHand(client, WayIn.open(daemon.uri()), worker, levels);
            long first = Long.MAX_VALUE;
            for (int i = 0; i < KillHand.NAMES; i++) {
                first = Math.min(first, save(client, hand, hand.prefix + i));
            }

            for (int i = 0; i < QUESTIONS; i++) {
                new KillQuestions(hand).removeOther();
            }

            assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
            assertThat(first).as("a young file has sequences that are asked for").isLessThan(4);
        }
    }

    private static long save(PramClient client, KillHand hand, String name) {
        KillNode random = KillNode.random(new Random(name.hashCode()));
        KillNode node = new KillNode(random.seed(), StreamType.BYTE, 1, random.saveId(), 0);
        SaveOptions options =
                SaveOptions.defaults().withSaveId(node.saveId()).withMeta(node.meta());
        long sequence = new KillStreams().save(client, name, options, node);
        hand.journal.is(name, Optional.of(node.withSequence(sequence)));
        return sequence;
    }
}
