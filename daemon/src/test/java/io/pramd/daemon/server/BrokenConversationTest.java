package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.protocol.AskInfo;
import io.pramd.protocol.AskOutcome;
import io.pramd.protocol.Discard;
import io.pramd.protocol.Errno;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.Grow;
import io.pramd.protocol.ListNodes;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.Message;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.OutcomeIs;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Pong;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.RemoveAll;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.StatNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers that stop, or send what nobody expects. */
class BrokenConversationTest {
    private static final int PAGE = StreamDriver.PAGE;

    @TempDir Path folder;
    private ServedStore served;
    private long freeBefore;

    @BeforeEach
    void serve() {
        served = ServedStore.in(folder);
        freeBefore = served.framesFree();
    }

    @AfterEach
    void stop() {
        assertThat(served.sessions().info())
                .containsEntry("connections.open", 0L)
                .containsEntry("streams.saving", 0L)
                .containsEntry("streams.loading", 0L);
        served.close();
    }

    @Test
    void aConversationCutAtAnyByteLeavesNothingOpen() {
        byte[] before =
                ClientBytes.greeting()
                        .message(1, ClientBytes.prepareSave("first"))
                        .pages(1, ClientBytes.page(1))
                        .message(1, new Discard())
                        .message(2, ClientBytes.load("kept"))
                        .message(2, new ReadPages(0, 2))
                        .message(3, ClientBytes.prepareSave("cut"))
                        .pages(3, ClientBytes.pagesFrom(1, 2))
                        .bytes();
        saveKept();
        long free = served.framesFree();
        for (int cut = 0; cut <= before.length; cut++) {
            try (EmbeddedClient client = served.connect()) {
                client.send(before, 0, cut);
                client.breakOff();
            }
            assertThat(served.framesFree()).as("cut at %d", cut).isEqualTo(free);
        }
        assertNamesAreFree("first", "cut");
        assertLoads("kept");
    }

    @Test
    void outcomeIsExactWhereverAPipelinedSaveIsCut() {
        int length = saveBytes("n0", new SaveId(1, 1)).length;
        for (int cut = 0; cut <= length; cut++) {
            String name = "n" + cut;
            SaveId saveId = new SaveId(7, cut + 1);
            byte[] bytes = saveBytes(name, saveId);
            try (EmbeddedClient client = served.connect()) {
                client.send(bytes, 0, cut);
                client.breakOff();
            }
            assertOutcomeIsWhatIsThere(name, saveId, cut == length);
        }
    }

    @Test
    void theQuestionFencesAnOpenSave() {
        SaveId saveId = new SaveId(3, 4);
        try (EmbeddedClient saver = served.greeted();
                EmbeddedClient asker = served.greeted()) {
            saver.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.prepareSave("a", saveId))
                            .pages(1, ClientBytes.page(1)));
            saver.next(1, SaveOpened.class);
            asker.send(ClientBytes.of().message(1, new AskOutcome(saveId)));
            assertThat(asker.next(1, OutcomeIs.class))
                    .isEqualTo(new OutcomeIs(Outcome.NOT_DONE, 0));
            saver.send(
                    ClientBytes.of()
                            .pages(1, ClientBytes.page(2))
                            .message(1, new FinishSave(2 * PAGE))
                            .message(2, ClientBytes.prepareSave("a", saveId)));
            saver.nextError(1, Errno.ESTALE);
            saver.nextError(2, Errno.ESTALE);
        }
        assertThat(served.framesFree()).isEqualTo(freeBefore);
    }

    @Test
    void anOutcomeNeedsASaveId() {
        try (EmbeddedClient client = served.greeted()) {
            client.send(ClientBytes.of().message(1, new AskOutcome(SaveId.NONE)));
            client.nextError(1, Errno.EINVAL);
        }
    }

    @Test
    void aReusedIdEndsTheConnection() {
        for (long reused : new long[] {5, 4, 0}) {
            try (EmbeddedClient client = served.greeted()) {
                client.send(
                        ClientBytes.of()
                                .message(5, new StatNode(0, "none"))
                                .message(reused, ClientBytes.prepareSave("a"))
                                .message(6, new Ping()));
                client.nextError(5, Errno.ENOENT);
                assertThat(client.nextError(0, Errno.EINVAL).closing()).isTrue();
                client.expectNothing();
                assertThat(client.isOpen()).isFalse();
            }
        }
        assertNamesAreFree("a");
    }

    @Test
    void everyRequestUsesItsIdUp() {
        List<Message> requests =
                List.of(
                        new StatNode(0, "none"),
                        new RemoveNode(0, 0, "none"),
                        new RemoveAll("none"),
                        new ListNodes(1, 0, 0, ""),
                        new AskInfo(),
                        new Grow(1));
        for (Message request : requests) {
            try (EmbeddedClient client = served.greeted()) {
                client.send(ClientBytes.of().message(5, request));
                client.send(ClientBytes.of().message(5, new Ping()));
                assertThat(client.isOpen()).as(request.toString()).isFalse();
            }
        }
    }

    @Test
    void idsMayBeAsLargeAsTheyGet() {
        try (EmbeddedClient client = served.greeted()) {
            client.send(
                    ClientBytes.of()
                            .message(Long.MAX_VALUE, new StatNode(0, "x"))
                            .message(Long.MIN_VALUE, new StatNode(0, "x"))
                            .message(-1, new StatNode(0, "x")));
            client.nextError(Long.MAX_VALUE, Errno.ENOENT);
            client.nextError(Long.MIN_VALUE, Errno.ENOENT);
            client.nextError(-1, Errno.ENOENT);
        }
    }

    @Test
    void aTypeNotInUseIsRefusedAndTheConnectionGoesOn() {
        int[] types = {0x00, 0x03, 0x15, 0x35, 0x44, 0x7f, 0x81, 0x84, 0x92, 0xb1, 0xff};
        try (EmbeddedClient client = served.greeted()) {
            long id = 1;
            for (int type : types) {
                client.send(
                        ClientBytes.of()
                                .header(5, type, 0, id)
                                .raw(new byte[5])
                                .message(id + 1, new Ping()));
                assertThat(client.nextError(id, Errno.EINVAL).answersNumber()).isEqualTo(type);
                client.next(id + 1, Pong.class);
                id += 2;
            }
        }
    }

    @Test
    void aLongListingFromAClientIsSkippedAndNotKept() {
        try (EmbeddedClient client = served.greeted()) {
            byte[] chunk = new byte[64 << 10];
            client.send(ClientBytes.of().header(32 * chunk.length, 0xb1, 0, 1));
            client.nextError(1, Errno.EINVAL);
            for (int i = 0; i < 32; i++) {
                client.send(chunk, 0, chunk.length);
            }
            client.send(ClientBytes.of().message(2, new Ping()));
            client.next(2, Pong.class);
        }
    }

    @Test
    void aMessageThatIsTooLongIsSkipped() {
        try (EmbeddedClient client = served.greeted()) {
            client.send(
                    ClientBytes.of()
                            .header(65537, 0x32, 0, 1)
                            .raw(new byte[65537])
                            .message(2, new Ping()));
            assertThat(client.nextError(1, Errno.EINVAL).text()).contains("bytes=65537 max=65536");
            client.next(2, Pong.class);
        }
    }

    @Test
    void aLengthOverThePacketLimitEndsTheConnectionAndItsStreams() {
        for (int length : new int[] {512 * 4104 + 1, Integer.MIN_VALUE, -1}) {
            try (EmbeddedClient client = served.greeted()) {
                client.send(
                        ClientBytes.of()
                                .message(1, ClientBytes.prepareSave("a"))
                                .pages(1, ClientBytes.page(1))
                                .header(length, 0x10, 0, 1));
                client.next(1, SaveOpened.class);
                assertThat(client.nextError(0, Errno.EINVAL).closing()).isTrue();
                assertThat(client.isOpen()).isFalse();
                assertThat(served.framesFree()).isEqualTo(freeBefore);
            }
        }
        assertNamesAreFree("a");
    }

    @Test
    void noiseBehindTheGreetingEndsInAnErrorOrSilence() {
        long seed = new Random().nextLong();
        System.err.println("seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            byte[] noise = new byte[random.nextInt(2000)];
            random.nextBytes(noise);
            if (random.nextBoolean()) {
                for (int at = 0; at + 16 <= noise.length; at += 16 + random.nextInt(40)) {
                    noise[at + 1] = noise[at + 2] = noise[at + 3] = 0;
                    noise[at + 4] = (byte) (random.nextInt(0x45));
                }
            }
            try (EmbeddedClient client = served.connect()) {
                client.send(ClientBytes.greeting());
                client.send(noise, 0, noise.length);
                client.all();
                client.breakOff();
            }
        }
        assertThat(served.framesFree()).isEqualTo(freeBefore);
    }

    private void saveKept() {
        try (EmbeddedClient client = served.greeted()) {
            client.send(ClientBytes.of().save(1, "kept", ClientBytes.pagesFrom(1, 2)));
            client.all();
        }
    }

    private static byte[] saveBytes(String name, SaveId saveId) {
        return ClientBytes.greeting()
                .message(1, ClientBytes.prepareSave(String.format("%-6s", name), saveId))
                .pages(1, ClientBytes.page(1))
                .message(1, new FinishSave(PAGE))
                .bytes();
    }

    private void assertOutcomeIsWhatIsThere(String name, SaveId saveId, boolean whole) {
        String padded = String.format("%-6s", name);
        try (EmbeddedClient asker = served.greeted()) {
            asker.send(
                    ClientBytes.of()
                            .message(1, new AskOutcome(saveId))
                            .message(2, ClientBytes.load(padded)));
            OutcomeIs outcome = asker.next(1, OutcomeIs.class);
            if (whole) {
                long sequence = asker.next(2, LoadOpened.class).node().sequence();
                assertThat(outcome).isEqualTo(new OutcomeIs(Outcome.DONE, sequence));
                asker.send(
                        ClientBytes.of()
                                .message(2, new FinishLoad(sequence))
                                .message(3, new AskOutcome(saveId)));
                asker.next();
                assertThat(asker.next(3, OutcomeIs.class))
                        .isEqualTo(new OutcomeIs(Outcome.GONE, 0));
            } else {
                assertThat(outcome).isEqualTo(new OutcomeIs(Outcome.NOT_DONE, 0));
                asker.nextError(2, Errno.ENOENT);
                asker.send(ClientBytes.of().message(3, ClientBytes.prepareSave(padded, saveId)));
                asker.nextError(3, Errno.ESTALE);
            }
        }
        assertThat(served.framesFree()).isEqualTo(freeBefore);
    }

    private void assertNamesAreFree(String... names) {
        try (EmbeddedClient client = served.greeted()) {
            long id = 1;
            for (String name : names) {
                client.send(ClientBytes.of().message(id, ClientBytes.prepareSave(name)));
                client.next(id++, SaveOpened.class);
            }
        }
    }

    private void assertLoads(String name) {
        try (EmbeddedClient client = served.greeted()) {
            client.send(ClientBytes.of().message(1, ClientBytes.load(name)));
            client.next(1, LoadOpened.class);
        }
    }
}
