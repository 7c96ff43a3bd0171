package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.access.Access;
import io.pramd.daemon.fixture.Await;
import io.pramd.protocol.BackupOpened;
import io.pramd.protocol.Errno;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.FramesAre;
import io.pramd.protocol.NextFrames;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Pong;
import io.pramd.protocol.PrepareBackup;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.WireLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of somebody whose rules change while they are under way. */
class BackupRightTest {
    private static final int PAGES = 600;
    private static final long PART_BYTES = 256L * WireLimits.PAGE_BYTES;
    private static final String ADMINISTRATOR =
            """
            [principal.ann]
            everyone = true
            allow = [{ verbs = "all", prefix = "" }]
            """;
    private static final String USER =
            ADMINISTRATOR.replace(
                    "\"all\"", "[\"save\", \"load\", \"peek\", \"list\", \"remove\"]");

    @TempDir Path folder;
    private final List<String> audited = new ArrayList<>();
    private final AtomicInteger changes = new AtomicInteger();
    private Path rules;
    private Access access;
    private ServedStore served;
    private EmbeddedClient client;

    /** Verb, result and bytes of every line. */
    private final class Lines implements AuditLog.Sink {
        @Override
        public void write(AuditLog.Doer doer, AuditLog.Deed deed) {
            audited.add(deed.verb() + " " + deed.result() + " " + deed.bytes());
        }

        @Override
        public Map<String, Object> info() {
            return Map.of();
        }
    }

    @BeforeEach
    void saveAndBegin() throws IOException {
        rules = Files.writeString(folder.resolve("access.toml"), ADMINISTRATOR);
        access = Access.open(rules, Optional.empty());
        AuditLog audit = AuditLog.to(new Lines());
        served = ServedStore.guarded(folder, Protections.by(access, audit));
        access.onChange(changes::incrementAndGet); // the last who hears
        client = served.greeted();
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .pages(1, ClientBytes.pagesFrom(0, PAGES / 2))
                        .pages(1, ClientBytes.pagesFrom(PAGES / 2, PAGES / 2))
                        .message(1, new FinishSave((long) PAGES * WireLimits.PAGE_BYTES)));
        client.next(1, SaveOpened.class);
        client.next(1, Saved.class);
        prepare(5);
        client.next(5, BackupOpened.class);
    }

    @AfterEach
    void disconnect() {
        client.close();
        served.close();
        access.close();
    }

    private void rule(String text) throws IOException {
        int before = changes.get();
        Path next = Files.writeString(folder.resolve("access.toml.new"), text);
        Files.move(next, rules, StandardCopyOption.ATOMIC_MOVE);
        Await.until("the rules are read again", () -> changes.get() > before);
    }

    private void prepare(long id) {
        client.send(ClientBytes.of().message(id, new PrepareBackup()));
    }

    private void ask(long id) {
        client.send(ClientBytes.of().message(id, new NextFrames()));
    }

    /** Answers whether it is the last. */
    private boolean takePart(long id) {
        FramesAre part = client.next(id, FramesAre.class);
        assertThat(client.next().pages()).hasSize((int) part.pages());
        return part.last();
    }

    private boolean isUnderWay() {
        return served.store().view().isRootKept();
    }

    @Test
    void aBackupDoesNotOutliveTheRightToIt() throws IOException {
        ask(5);
        assertThat(takePart(5)).isFalse();
        rule(USER);
        assertThat(isUnderWay()).isTrue();

        ask(5);

        assertThat(client.nextError(5, Errno.EACCES).text()).contains("principal=ann verb=admin");
        client.expectNothing();
        assertThat(isUnderWay()).isFalse();
        ask(5);
        client.nextError(5, Errno.EBADF);
        prepare(6);
        client.nextError(6, Errno.EACCES);
        client.send(ClientBytes.of().message(7, new Ping()));
        client.next(7, Pong.class);
    }

    @Test
    void whatWasAskedForAndHasNotGoneOutDoesNotComeAnyMore() throws IOException {
        client.hasRoom(false);
        ask(5);
        ask(5);
        rule(USER);
        ask(5);
        client.hasRoom(true);

        client.nextError(5, Errno.EACCES);
        client.expectNothing();
        assertThat(isUnderWay()).isFalse();
    }

    @Test
    void whoGetsTheRightBackBeginsAnew() throws IOException {
        rule(USER);
        ask(5);
        client.nextError(5, Errno.EACCES);
        rule(ADMINISTRATOR);
        ask(5);
        client.nextError(5, Errno.EBADF);
        prepare(6);
        client.next(6, BackupOpened.class);
        ask(6);
        assertThat(takePart(6)).isFalse();
        assertThat(isUnderWay()).isTrue();
    }

    @Test
    void otherRulesThatLeaveTheRightDisturbNothing() throws IOException {
        ask(5);
        assertThat(takePart(5)).isFalse();
        rule(ADMINISTRATOR + "[principal.bob]\nuid = 4000000\n");
        ask(5);
        assertThat(takePart(5)).isFalse();
        ask(5);
        assertThat(takePart(5)).isTrue();
        assertThat(isUnderWay()).isFalse();
    }

    /** Else it would look as if somebody who took a part of all nodes had got none of them. */
    @Test
    void theAuditLogSaysHowMuchCameBeforeTheRefusal() throws IOException {
        ask(5);
        takePart(5);
        ask(5);
        takePart(5);
        rule(USER);
        ask(5);
        client.nextError(5, Errno.EACCES);
        prepare(6);
        client.nextError(6, Errno.EACCES);
        assertThat(audited).endsWith("backup EACCES " + 2 * PART_BYTES, "backup EACCES 0");
    }
}
