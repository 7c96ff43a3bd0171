package io.pramd.daemon.access;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.pramd.daemon.fixture.LogLines;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {
    private static final String RULES =
            """
            [principal.tok]
            token = true
            allow = [ { verbs = ["list"], prefix = "t/" } ]
            [principal.cert]
            certificate = "CN=client,O=Example"
            [principal.user]
            uid = 1001
            [principal.group]
            gid = 200
            """;
    private static final X500Principal CLIENT = new X500Principal("CN=client, O=Example");

    @TempDir Path folder;

    private final WatchedFiles watched = WatchedFiles.byHand();
    private final AtomicInteger changes = new AtomicInteger();
    private Path rulesFile;
    private Path tokensFile;
    private Access access;

    @BeforeEach
    void open() throws IOException {
        rulesFile = Files.writeString(folder.resolve("rules"), RULES);
        tokensFile = folder.resolve("tokens");
        issue("tok");
        access = Access.open(rulesFile, Optional.of(tokensFile), watched, System::nanoTime);
        access.onChange(changes::incrementAndGet);
    }

    @AfterEach
    void close() {
        access.close();
    }

    private byte[] issue(String principal) {
        return new TokensFile(tokensFile).add(principal, TokenHash.ITERATIONS_MIN).token();
    }

    /** As editors do it: in one step. */
    private void rewrite(String rules) throws IOException {
        Path next = Files.writeString(folder.resolve("next"), rules);
        Files.move(next, rulesFile, StandardCopyOption.ATOMIC_MOVE);
        watched.look();
    }

    private CompletableFuture<Identity> come(Credential credential) {
        return access.authenticate(credential);
    }

    private CompletableFuture<Identity> come(byte[] token) {
        return come(new Credential.Token(token.clone()));
    }

    private Identity comeAndRead(byte[] token) {
        watched.look();
        return await(come(token));
    }

    @Test
    void tellsWhoComesWithWhat() {
        byte[] token = issue("tok");
        Identity byToken = comeAndRead(token);
        Identity byCertificate = await(come(new Credential.Certificate(CLIENT)));
        Identity byUid = await(come(new Credential.User(1001, 200)));
        Identity byGid = await(come(new Credential.User(-2, 200)));

        assertThat(byToken.principal()).isEqualTo("tok");
        assertThat(byToken.tokenId()).hasValue(TokenText.id(token));
        assertThat(byToken.how()).isEqualTo("token " + TokenText.id(token));
        assertThat(byCertificate.principal()).isEqualTo("cert");
        assertThat(byCertificate.how()).isEqualTo("certificate CN=client,O=Example");
        assertThat(byCertificate.tokenId()).isEmpty();
        assertThat(byUid.principal()).isEqualTo("user");
        assertThat(byUid.how()).isEqualTo("uid 1001");
        assertThat(byGid.principal()).isEqualTo("group");
        assertThat(byGid.how()).isEqualTo("gid 200");
        assertThat(List.of(byToken, byCertificate, byUid, byGid)).allMatch(access::isStillGood);
    }

    @Test
    void refusesEverybodyElseWithTheSameWords() {
        byte[] token = issue("tok");
        byte[] notToBeUsed = issue("user");
        byte[] ofNobody = issue("nobody");
        watched.look();
        byte[] wrong = token.clone();
        wrong[40] = (byte) (wrong[40] == 'x' ? 'y' : 'x');
        List<Credential> all =
                List.of(
                        new Credential.Token(new byte[0]),
                        new Credential.Token(wrong),
                        new Credential.Token(notToBeUsed),
                        new Credential.Token(ofNobody),
                        new Credential.Certificate(new X500Principal("CN=client")),
                        new Credential.User(1002, 201),
                        new Credential.Nobody(true),
                        new Credential.Nobody(false));
        try (LogLines log = new LogLines(RefusalLog.class.getName())) {
            for (Credential credential : all) {
                assertThat(refused(Errno.EACCES, come(credential)))
                        .hasMessage("not let in: no valid token, certificate or user");
            }
            assertThat(log.lines(Level.INFO)).hasSize(all.size()).doesNotHaveDuplicates();
            assertThat(log.lines())
                    .contains("INFO not let in: cause=unknown uid=1002 gid=201")
                    .contains("INFO not let in: cause=unknown certificate subject=CN=client");
        }
    }

    @Test
    void everyoneIsWhoShowsNothingKnownOnThisMachine() throws IOException {
        rewrite(RULES + "[principal.any]\neveryone = true\n");

        Identity nothing = await(come(new Credential.Nobody(true)));
        assertThat(nothing.principal()).isEqualTo("any");
        assertThat(nothing.how()).isEqualTo("everyone");
        assertThat(await(come(new Credential.User(1002, 201))).principal()).isEqualTo("any");
        assertThat(await(come(new Credential.User(1001, 201))).principal()).isEqualTo("user");
        refused(Errno.EACCES, come(new Credential.Nobody(false)));
        refused(Errno.EACCES, come(new Credential.Certificate(new X500Principal("CN=x"))));
        refused(Errno.EACCES, come(new Credential.Token(new byte[65])));
        assertThat(access.isStillGood(nothing)).isTrue();
        rewrite(RULES);
        assertThat(access.isStillGood(nothing)).isFalse();
    }

    @Test
    void zeroesEveryToken() {
        byte[] token = issue("tok");
        watched.look();
        await(access.authenticate(new Credential.Token(token)));
        assertThat(token).containsOnly(0);
    }

    @Test
    void readsTheRulesAgainWhenTheyChangeAndTells() throws IOException {
        assertThat(access.rules().allows("tok", Verb.LIST, "u/1")).isFalse();

        rewrite(RULES.replace("\"t/\"", "\"u/\""));

        assertThat(access.rules().allows("tok", Verb.LIST, "u/1")).isTrue();
        assertThat(changes).hasValue(1);
        watched.look();
        assertThat(changes).hasValue(1);
        assertThat(access.info())
                .containsEntry("access.principals", 4L)
                .containsEntry("access.tokens", 1L)
                .containsEntry("access.rereads", 1L)
                .containsEntry("access.fault", "");
    }

    @Test
    void readsTheRulesThatALinkLeadsToNow() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), RULES + "[principal.x]\nuid = 7\n");
        Path link = Files.createSymbolicLink(folder.resolve("link"), rulesFile);
        Path next = Files.createSymbolicLink(folder.resolve("next-link"), other);
        WatchedFiles looked = WatchedFiles.byHand();
        try (Access linked = Access.open(link, Optional.empty(), looked, System::nanoTime)) {
            assertThat(linked.rules().has("x")).isFalse();
            Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
            looked.look();
            assertThat(linked.rules().has("x")).isTrue();
        }
    }

    @Test
    void keepsWhatWasInForceWhileAFileIsBrokenAndSaysSo() throws IOException {
        byte[] token = issue("tok");
        comeAndRead(token);
        int before = changes.get();
        try (LogLines log = new LogLines(Access.class.getName())) {
            rewrite("[principal.tok]\ntokn = true\n");
            watched.look();

            assertThat(access.rules().allows("tok", Verb.LIST, "t/1")).isTrue();
            assertThat(access.fault()).contains(rulesFile + ":2: unknown key");
            assertThat(access.info().get("access.fault")).isEqualTo(access.fault());
            assertThat(log.lines(Level.ERROR)).hasSize(1);

            Files.writeString(tokensFile, "nonsense\n");
            watched.look();
            watched.look();
            assertThat(access.fault()).contains(rulesFile + ":2: ", tokensFile + ":1: ");
            assertThat(await(come(token)).principal()).isEqualTo("tok");
            assertThat(log.lines(Level.ERROR)).hasSize(2);
            assertThat(changes).hasValue(before);

            Files.delete(rulesFile);
            watched.look();
            assertThat(access.fault()).contains("cause=no such file");
        }
        Files.writeString(tokensFile, "");
        rewrite(RULES);
        assertThat(access.fault()).isEmpty();
        refused(Errno.EACCES, come(token));
        assertThat(changes).hasValue(before + 2);
    }

    @Test
    void aRevokedTokenIsGoodNoLonger() {
        byte[] token = issue("tok");
        Identity identity = comeAndRead(token);
        assertThat(access.isStillGood(identity)).isTrue();

        new TokensFile(tokensFile).revoke(TokenText.id(token));
        watched.look();

        assertThat(access.isStillGood(identity)).isFalse();
        refused(Errno.EACCES, come(token));
    }

    @Test
    void nobodyIsGoodAnyMoreWhoseWayInIsGone() throws IOException {
        Identity byToken = comeAndRead(issue("tok"));
        Identity byCertificate = await(come(new Credential.Certificate(CLIENT)));
        Identity byUid = await(come(new Credential.User(1001, 0)));
        Identity byGid = await(come(new Credential.User(1, 200)));

        rewrite(
                """
                [principal.tok]
                uid = 5
                [principal.cert]
                token = true
                [principal.user]
                gid = 1001
                [principal.other]
                gid = 200
                """);

        assertThat(List.of(byToken, byCertificate, byUid, byGid)).noneMatch(access::isStillGood);
    }

    @Test
    void doesNotOpenWithAFileThatIsWrong() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad"), "x = 1");

        assertThat(refused(Errno.EINVAL, () -> Access.open(bad, Optional.empty())))
                .hasMessageContaining(bad + ":1: ");
        refused(Errno.ENOENT, () -> Access.open(rulesFile, Optional.of(folder.resolve("none"))));
    }

    @Test
    void noticesByItself() throws Exception {
        try (Access started = Access.open(rulesFile, Optional.empty())) {
            CompletableFuture<String> thread = new CompletableFuture<>();
            started.onChange(() -> thread.complete(Thread.currentThread().getName()));
            Path next =
                    Files.writeString(folder.resolve("next"), "[principal.other]\ntoken = true\n");
            Files.move(next, rulesFile, StandardCopyOption.ATOMIC_MOVE);

            assertThat(await(thread)).isEqualTo("pramd-access");
            assertThat(started.rules().has("tok")).isFalse();
            refused(
                    Errno.EACCES,
                    started.authenticate(
                            new Credential.Token("x".getBytes(StandardCharsets.US_ASCII))));
        }
    }
}
