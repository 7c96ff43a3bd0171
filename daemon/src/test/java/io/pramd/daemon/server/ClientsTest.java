package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.pramd.protocol.AskInfo;
import io.pramd.protocol.InfoIs;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.WireLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientsTest {
    private static final int SECONDS_MAX = 60;

    @TempDir Path folder;
    private ServedStore served;

    @BeforeEach
    void serve() {
        served = ServedStore.in(folder);
    }

    @AfterEach
    void close() {
        served.close();
    }

    private List<ClientView> look(EmbeddedClient... alive) throws Exception {
        CompletableFuture<List<ClientView>> seen = served.sessions().clients();
        for (EmbeddedClient client : alive) {
            client.runTasks();
        }
        return seen.get(SECONDS_MAX, TimeUnit.SECONDS);
    }

    @Test
    void showsStreamsWithWhatTheyHaveMoved() throws Exception {
        try (EmbeddedClient client = served.greeted()) {
            client.send(
                    ClientBytes.of()
                            .save(1, "a", ClientBytes.pagesFrom(1, 4))
                            .message(2, ClientBytes.prepareSave("b"))
                            .pages(2, ClientBytes.page(9))
                            .message(3, ClientBytes.peek("a"))
                            .message(3, new ReadPages(0, 3)));
            client.all();

            List<ClientView> seen = look(client);

            assertThat(seen).hasSize(1);
            ClientView view = seen.getFirst();
            assertThat(view.number()).isEqualTo(1);
            assertThat(view.listener()).isEqualTo("pram://127.0.0.1:7726");
            assertThat(view.savedBytes()).isEqualTo(5L * WireLimits.PAGE_BYTES);
            assertThat(view.loadedBytes()).isEqualTo(3L * WireLimits.PAGE_BYTES);
            assertThat(view.streams())
                    .extracting(
                            StreamView::id,
                            StreamView::kind,
                            StreamView::name,
                            StreamView::pages,
                            StreamView::pagesTotal)
                    .containsExactly(
                            tuple(2L, "save", "b", 1L, 0L), tuple(3L, "peek", "a", 3L, 4L));
        }
    }

    @Test
    void putsThoseWithStreamsFirst() throws Exception {
        try (EmbeddedClient quiet = served.greeted();
                EmbeddedClient stranger = served.connect();
                EmbeddedClient busy = served.greeted()) {
            busy.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
            busy.next(1, SaveOpened.class);

            assertThat(look(quiet, stranger, busy))
                    .extracting(ClientView::number)
                    .containsExactly(3L, 1L, 2L);
        }
    }

    @Test
    void aLoopThatHangsLeavesOutOnlyItsOwn() throws Exception {
        try (EmbeddedClient alive = served.greeted();
                EmbeddedClient hanging = served.greeted()) {
            assertThat(look(alive)).extracting(ClientView::number).containsExactly(1L);
            assertThat(hanging.isOpen()).isTrue();
        }
    }

    @Test
    void whoAsksMeanwhileGetsTheSameLook() throws Exception {
        try (EmbeddedClient client = served.greeted()) {
            CompletableFuture<List<ClientView>> first = served.sessions().clients();
            assertThat(served.sessions().clients()).isSameAs(first);

            client.runTasks();

            assertThat(first.get(SECONDS_MAX, TimeUnit.SECONDS)).hasSize(1);
            assertThat(served.sessions().clients()).isNotSameAs(first);
        }
    }

    @Test
    void infoListsOpenStreams() {
        try (EmbeddedClient client = served.greeted()) {
            client.send(
                    ClientBytes.of()
                            .save(1, "a", ClientBytes.page(1))
                            .message(2, ClientBytes.load("a")));
            client.all();
            client.send(ClientBytes.of().message(3, new AskInfo()));

            InfoIs info = client.next(3, InfoIs.class);

            assertThat(info.values().get("streams.list"))
                    .isInstanceOfSatisfying(
                            InfoValue.Texts.class,
                            lines ->
                                    assertThat(lines.values())
                                            .singleElement()
                                            .asString()
                                            .matches(
                                                    "load connection=1 pages=0 of=1 millis=\\d+"
                                                            + " principal=- name=a"));
        }
    }

    @Test
    void whoIsGoneIsNotShown() throws Exception {
        try (EmbeddedClient client = served.greeted()) {
            client.send(
                    ClientBytes.of()
                            .save(1, "a", ClientBytes.page(1))
                            .message(2, ClientBytes.load("a")));
            client.next(1, SaveOpened.class);
            client.all();
            client.breakOff();
            client.runTasks();
        }
        assertThat(look()).isEmpty();
    }
}
