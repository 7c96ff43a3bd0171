package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.access.Access;
import io.pramd.daemon.quota.Usage;
import io.pramd.protocol.AskOutcome;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.OutcomeIs;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.SaveOpened;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            """;

    @TempDir Path folder;
    private Path rules;
    private Access access;
    private ServedStore served;

    @BeforeEach
    void serve() throws IOException {
        rules = Files.writeString(folder.resolve("access.toml"), RULES);
        access = Access.open(rules, Optional.empty());
        served = ServedStore.guarded(folder, Protections.by(access));
    }

    @AfterEach
    void close() {
        served.close();
        access.close();
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
}
