package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.access.Access;
import io.pramd.daemon.access.TokensFile;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.quota.Usage;
import io.pramd.protocol.AskInfo;
import io.pramd.protocol.AskOutcome;
import io.pramd.protocol.Errno;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.Hello;
import io.pramd.protocol.InfoIs;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.OutcomeIs;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.Removed;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.Welcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one tenant may try against the others. */
class TenantsTest {
    private static final SaveId ID = new SaveId(7, 8);
    private static final String RULES =
            """
            [principal.ann]
            everyone = true
            allow = [{ verbs = ["save", "load", "peek", "list", "remove"], prefix = "ann/" }]

            [principal.bob]
            token = true
            allow = [{ verbs = "save", prefix = "bob/" }]
            """;

    @TempDir Path folder;
    private Path rules;
    private byte[] bobsToken;
    private Access access;
    private ServedStore served;

    @BeforeEach
    void serve() throws IOException {
        rules = Files.writeString(folder.resolve("access.toml"), RULES);
        TokensFile tokens = new TokensFile(folder.resolve("tokens"));
        bobsToken = tokens.add("bob").token();
        access = Access.open(rules, Optional.of(folder.resolve("tokens")));
        served = ServedStore.guarded(folder, Protections.by(access));
    }

    @AfterEach
    void close() {
        served.close();
        access.close();
    }

    private EmbeddedClient bob() {
        EmbeddedClient client = served.connect();
        client.send(ClientBytes.preface().message(0, Hello.of("test").withToken(bobsToken)));
        Await.until("the token is verified", client::hasMore);
        client.next(0, Welcome.class);
        return client;
    }

    private Usage used() {
        return served.store().quotas().usage("ann");
    }

    @Test
    void aSaveThatIsAskedAboutKeepsNoFrameThatNobodyIsChargedFor() {
        long free = served.framesFree();
        try (EmbeddedClient saver = served.greeted();
                EmbeddedClient asker = served.greeted()) {
            saver.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.prepareSave("ann/a", ID))
                            .pages(1, ClientBytes.pagesFrom(1, 200)));
            saver.next(1, SaveOpened.class);
            assertThat(used().bytes()).isEqualTo(200 * 4096);
            asker.send(ClientBytes.of().message(1, new AskOutcome(ID)));
            assertThat(asker.next(1, OutcomeIs.class).outcome()).isEqualTo(Outcome.NOT_DONE);
            assertThat(served.framesFree()).as("before the saver does anything").isLessThan(free);
            assertThat(used().bytes()).isEqualTo(200 * 4096);
            saver.runTasks();
            assertThat(served.framesFree()).isEqualTo(free);
            assertThat(used()).isEqualTo(Usage.NOTHING);
        }
    }

    private void rule(String text) throws IOException {
        long rereads = (long) access.info().get("access.rereads");
        Path next = Files.writeString(folder.resolve("access.toml.new"), text);
        Files.move(next, rules, StandardCopyOption.ATOMIC_MOVE);
        Await.until(
                "the rules are read again",
                () -> (long) access.info().get("access.rereads") > rereads);
    }

    private static String with(String verbs) {
        return RULES.replace("\"save\", \"load\", ", verbs);
    }

    @Test
    void questionsOfOneKeepNobodyElseFromSaving() {
        try (EmbeddedClient other = served.greeted();
                EmbeddedClient asker = bob()) {
            int questions = (64 << 10) + 1000;
            for (int i = 1; i <= questions; i++) {
                asker.send(ClientBytes.of().message(i, new AskOutcome(new SaveId(9, i))));
                if (i % 100 == 0) {
                    asker.all();
                }
            }
            other.send(ClientBytes.of().save(1, "ann/a", ClientBytes.page(1)));
            other.next(1, SaveOpened.class);
            other.next(1, Saved.class);
        }
    }

    @Test
    void aLoadThatWaitsDoesNotOutliveTheRightToIt() throws IOException {
        try (EmbeddedClient loader = served.greeted();
                EmbeddedClient saver = served.greeted()) {
            loader.send(ClientBytes.of().message(1, ClientBytes.loadWaiting("ann/a", 600_000)));
            loader.expectNothing();
            rule(with("\"save\", "));
            loader.expectNothing();
            saver.send(ClientBytes.of().save(1, "ann/a", ClientBytes.page(1)));
            saver.next(1, SaveOpened.class);
            saver.next(1, Saved.class);
            loader.nextError(1, Errno.EACCES);
            saver.send(ClientBytes.of().message(2, new RemoveNode(0, 0, "ann/a")));
            saver.next(2, Removed.class);
        }
        assertThat(used()).isEqualTo(Usage.NOTHING);
    }

    @Test
    void aSaveThatIsOpenDoesNotOutliveTheRightToIt() throws IOException {
        try (EmbeddedClient saver = served.greeted()) {
            saver.send(ClientBytes.of().message(1, ClientBytes.prepareSave("ann/a")));
            saver.next(1, SaveOpened.class);
            rule(with(""));
            saver.send(ClientBytes.of().message(1, new FinishSave(0)));
            saver.nextError(1, Errno.EACCES);
        }
        assertThat(used()).isEqualTo(Usage.NOTHING);
        assertThat(served.fixture().info("nodes.saving")).isZero();
    }

    @Test
    void infoFitsHoweverManyPrefixesThereAre() throws IOException {
        StringBuilder all = new StringBuilder(RULES.replace("ann/", ""));
        all.insert(all.indexOf("verbs = [") + 9, "\"admin\", ");
        for (int i = 0; i < 64; i++) {
            String prefix = "p".repeat(i % 2 == 0 ? 250 : 60) + (i + 10);
            all.append("[prefix.\"").append(prefix).append("\"]\nquota = { nodes = 1 }\n");
            all.append("[principal.").append("q".repeat(60)).append(i + 10).append("]\n");
            all.append("uid = ").append(i).append("\nquota = { bytes = 1 }\n");
        }
        rule(all.toString());
        served.store().quotas().rules(access.rules().quotas());
        try (EmbeddedClient client = served.greeted()) {
            client.send(ClientBytes.of().message(1, new AskInfo()));
            assertThat(client.next(1, InfoIs.class).values().keySet())
                    .contains("recovery.complete")
                    .anyMatch(key -> key.startsWith("quota.prefix.p"))
                    .anyMatch(key -> key.startsWith("quota.principal.q"));
        }
    }
}
