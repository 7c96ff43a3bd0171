package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.AskInfo;
import io.pramd.protocol.AskOutcome;
import io.pramd.protocol.Discard;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.ListNodes;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.Ping;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.RemoveAll;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StatNode;
import io.pramd.protocol.WireLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeteringTest {
    @TempDir Path folder;
    private final List<String> answered = new ArrayList<>();
    private final List<Long> durations = new ArrayList<>();
    private ServedStore served;

    @BeforeEach
    void serve() {
        served =
                ServedStore.metered(
                        folder,
                        (verb, result, nanos) -> {
                            answered.add(verb + " " + result);
                            durations.add(nanos);
                        });
    }

    @AfterEach
    void close() {
        served.close();
    }

    private EmbeddedClient greeted() {
        EmbeddedClient client = served.greeted();
        answered.clear();
        return client;
    }

    @Test
    void aGreetingIsHeard() {
        served.greeted().close();

        assertThat(answered).containsExactly("hello ok");
    }

    @Test
    void aSaveIsHeardAsAStreamAndAsItsFinish() {
        try (EmbeddedClient client = greeted()) {
            client.send(ClientBytes.of().save(1, "a", ClientBytes.pagesFrom(1, 3)));
            client.all();
        }

        assertThat(answered).containsExactlyInAnyOrder("save ok", "finish-save ok");
        assertThat(traffic().savedBytes()).isEqualTo(3L * WireLimits.PAGE_BYTES);
    }

    @Test
    void whatIsRefusedIsHeardByItsErrno() {
        try (EmbeddedClient client = greeted()) {
            client.send(
                    ClientBytes.of()
                            .save(1, "a", ClientBytes.page(1))
                            .save(2, "a", ClientBytes.page(2))
                            .message(3, new StatNode(0, "none"))
                            .message(4, new RemoveNode(0, 0, "none"))
                            .message(5, ClientBytes.load("none"))
                            .message(6, new ReadPages(0, 1))
                            .message(7, new FinishLoad(1))
                            .message(8, new AskOutcome(SaveId.NONE)));
            client.all();
        }

        assertThat(answered)
                .containsExactlyInAnyOrder(
                        "save ok",
                        "finish-save ok",
                        "save EEXIST",
                        "finish-save EEXIST",
                        "stat ENOENT",
                        "remove ENOENT",
                        "load ENOENT",
                        "read EBADF",
                        "finish-load EBADF",
                        "outcome EINVAL");
    }

    @Test
    void requestsAreHeardEachByItsVerb() {
        try (EmbeddedClient client = greeted()) {
            client.send(
                    ClientBytes.of()
                            .message(1, new Ping())
                            .message(2, new AskInfo())
                            .message(3, new ListNodes(0, 0, 0, ""))
                            .message(4, new RemoveAll("b")));
            client.all();
        }

        assertThat(answered)
                .containsExactlyInAnyOrder("ping ok", "info ok", "list ok", "remove-all ok");
        assertThat(durations).allMatch(nanos -> nanos >= 0);
    }

    @Test
    void aLoadIsHeardWithItsReadsAndItsFinish() {
        try (EmbeddedClient client = greeted()) {
            client.send(ClientBytes.of().save(1, "a", ClientBytes.pagesFrom(1, 5)));
            client.all();
            answered.clear();
            client.send(
                    ClientBytes.of()
                            .message(2, ClientBytes.load("a"))
                            .message(2, new ReadPages(0, 2))
                            .message(2, new ReadPages(2, 100)));
            long sequence = client.next(2, LoadOpened.class).node().sequence();
            client.all();
            client.send(ClientBytes.of().message(2, new FinishLoad(sequence)));
            client.all();
        }

        assertThat(answered).containsExactly("read ok", "read ok", "finish-load ok", "load ok");
        assertThat(traffic().loadedBytes()).isEqualTo(5L * WireLimits.PAGE_BYTES);
    }

    @Test
    void streamsThatAreGivenUpOrLostAreHeardAsSuch() {
        try (EmbeddedClient client = greeted()) {
            client.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.prepareSave("a"))
                            .message(1, new Discard())
                            .save(2, "b", ClientBytes.page(1))
                            .message(3, ClientBytes.load("b"))
                            .message(3, new AbortLoad())
                            .message(4, ClientBytes.peek("b"))
                            .message(4, new AbortLoad())
                            .message(5, ClientBytes.prepareSave("c")));
            client.all();
        }

        assertThat(answered)
                .containsExactlyInAnyOrder(
                        "save aborted",
                        "save ok",
                        "finish-save ok",
                        "load aborted",
                        "peek ok",
                        "save lost");
    }

    @Test
    void aFailedFinishIsHeardOnceForTheStreamAndOnceForItself() {
        try (EmbeddedClient client = greeted()) {
            client.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.prepareSave("a"))
                            .message(1, new FinishSave(17)));
            client.all();
        }

        assertThat(answered).containsExactlyInAnyOrder("save EINVAL", "finish-save EINVAL");
    }

    @Test
    void everyVerbAndResultHasAName() {
        requestsAreHeardEachByItsVerb();

        assertThat(answered)
                .allMatch(
                        line -> RequestMeter.VERBS.contains(line.substring(0, line.indexOf(' '))));
        assertThat(RequestMeter.VERBS).containsAll(RequestMeter.STREAM_VERBS);
    }

    @Test
    void infoCountsAsManyAnswersAsAreHeard() {
        whatIsRefusedIsHeardByItsErrno();
        // and the hello, which was forgotten above
        assertThat(traffic().requests()).isEqualTo(answered.size() + 1L);
        assertThat(served.sessions().info())
                .containsEntry("requests.answered", answered.size() + 1L)
                .containsEntry("traffic.savedBytes", (long) WireLimits.PAGE_BYTES)
                .containsEntry("traffic.loadedBytes", 0L);
    }

    private Traffic traffic() {
        return served.sessions().metering().traffic();
    }
}
