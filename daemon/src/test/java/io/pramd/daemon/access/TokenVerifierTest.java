package io.pramd.daemon.access;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.access.TokenVerifier.Verified;
import io.pramd.daemon.fixture.LogLines;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenVerifierTest {
    private static final int CHARACTER_OF_SECRET = 30;

    @TempDir Path folder;

    private final TokenVerifier verifier = new TokenVerifier(new RefusalLog(System::nanoTime));
    private TokensFile file;
    private byte[] token;

    @BeforeEach
    void issue() {
        file = new TokensFile(folder.resolve("tokens"));
        token = file.add("p", TokenHash.ITERATIONS_MIN).token();
        verifier.replace(file.read());
    }

    @AfterEach
    void close() {
        verifier.close();
    }

    private CompletableFuture<Verified> verify(byte[] shown) {
        return verifier.verify(shown.clone(), 0);
    }

    private byte[] withWrongSecret() {
        byte[] wrong = token.clone();
        wrong[CHARACTER_OF_SECRET] = (byte) (wrong[CHARACTER_OF_SECRET] == 'x' ? 'y' : 'x');
        return wrong;
    }

    @Test
    void tellsWhoseATokenIsAndHashesItOnce() {
        Verified first = await(verify(token));
        CompletableFuture<Verified> second = verify(token);

        assertThat(first).isEqualTo(new Verified("p", TokenText.id(token)));
        assertThat(second).as("known by now").isCompletedWithValue(first);
        assertThat(verifier.slowHashes()).isEqualTo(1);
    }

    @Test
    void refusesAWrongSecretOfAKnownTokenWithoutASlowHash() {
        await(verify(token));

        CompletableFuture<Verified> wrong = verify(withWrongSecret());

        assertThat(wrong).isCompletedExceptionally();
        refused(Errno.EACCES, wrong);
        assertThat(verifier.slowHashes()).isEqualTo(1);
        assertThat(await(verify(token)).principal()).isEqualTo("p");
    }

    @Test
    void aWrongSecretIsNotRemembered() {
        refused(Errno.EACCES, verify(withWrongSecret()));
        refused(Errno.EACCES, verify(withWrongSecret()));

        assertThat(verifier.slowHashes()).isEqualTo(2);
        assertThat(await(verify(token)).principal()).isEqualTo("p");
        assertThat(verifier.slowHashes()).isEqualTo(3);
    }

    @Test
    void refusesUnknownAndMalformedOnesWithTheSameWordsAndWithoutASlowHash() {
        byte[] unknown = token.clone();
        unknown[10] = (byte) (unknown[10] == '0' ? '1' : '0');
        byte[] upperCase = token.clone();
        upperCase[10] = 'A';
        byte[] noSeparator = token.clone();
        noSeparator[21] = '-';
        byte[] otherPrefix = token.clone();
        otherPrefix[0] = 'q';
        List<byte[]> bad =
                List.of(
                        unknown,
                        upperCase,
                        noSeparator,
                        otherPrefix,
                        new byte[0],
                        new byte[4096],
                        Arrays.copyOf(token, token.length - 1),
                        Arrays.copyOf(token, token.length + 1));
        for (byte[] shown : bad) {
            CompletableFuture<Verified> answer = verify(shown);
            assertThat(answer).isCompletedExceptionally();
            assertThat(refused(Errno.EACCES, answer)).hasMessage(RefusalLog.TEXT);
        }
        assertThat(verifier.slowHashes()).isZero();
        assertThat(refused(Errno.EACCES, verify(withWrongSecret()))).hasMessage(RefusalLog.TEXT);
    }

    @Test
    void zeroesWhatItIsShownWhateverComesOfIt() {
        List<byte[]> all =
                List.of(token.clone(), withWrongSecret(), new byte[] {1, 2, 3}, token.clone());
        for (byte[] shown : all) {
            CompletableFuture<Verified> answer = verifier.verify(shown, 0);
            assertThat(shown).containsOnly(0);
            answer.exceptionally(e -> null).join();
        }
        await(verify(token));
        byte[] known = token.clone();
        verifier.verify(known, 0);
        assertThat(known).containsOnly(0);
    }

    @Test
    void letsOnlySoManyWait() {
        List<CompletableFuture<Verified>> answers = new ArrayList<>();
        // more than the worker can take away meanwhile, each of them taking milliseconds
        for (int i = 0; i < 3 * TokenVerifier.WAITING_MAX; i++) {
            answers.add(verify(withWrongSecret()));
        }
        List<Errno> errnos =
                answers.stream()
                        .filter(CompletableFuture::isDone)
                        .map(TokenVerifierTest::errno)
                        .toList();
        assertThat(errnos).contains(Errno.EAGAIN);
        verifier.close();
        for (CompletableFuture<Verified> answer : answers) {
            assertThat(errno(answer)).isIn(Errno.EAGAIN, Errno.EACCES);
        }
        refused(Errno.EAGAIN, verify(token));
        assertThat(verifier.slowHashes()).isLessThan(TokenVerifier.WAITING_MAX);
    }

    private static Errno errno(CompletableFuture<Verified> answer) {
        try {
            await(answer);
        } catch (StoreException e) {
            return e.errno();
        }
        throw new AssertionError("a wrong secret was taken");
    }

    @Test
    void hashesATokenOnceThatIsShownManyTimesAtOnce() {
        List<CompletableFuture<Verified>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(verify(token));
        }
        answers.forEach(answer -> assertThat(await(answer).principal()).isEqualTo("p"));
        assertThat(verifier.slowHashes()).isEqualTo(1);
    }

    @Test
    void forgetsWhatIsNotInTheFileAnyMoreAndKeepsTheRest() {
        byte[] other = file.add("q", TokenHash.ITERATIONS_MIN).token();
        verifier.replace(file.read());
        await(verify(token));
        await(verify(other));

        file.revoke(TokenText.id(token));
        verifier.replace(file.read());

        refused(Errno.EACCES, verify(token));
        assertThat(verify(other)).isCompleted();
        assertThat(verifier.tokenCount()).isEqualTo(1);
        assertThat(verifier.isIssued(TokenText.id(token), "p")).isFalse();
        assertThat(verifier.isIssued(TokenText.id(other), "q")).isTrue();
        assertThat(verifier.isIssued(TokenText.id(other), "p")).isFalse();
    }

    @Test
    void aTokenWhoseHashHasChangedIsNotKnownAnyMore() {
        await(verify(token));
        IssuedToken before = file.read().getFirst();
        file.add("p", TokenHash.ITERATIONS_MIN);
        TokenHash other = file.read().get(1).hash();

        verifier.replace(List.of(new IssuedToken(before.id(), "p", other, before.created())));

        refused(Errno.EACCES, verify(token));
    }

    @Test
    void neverLogsASecret() {
        try (LogLines log = new LogLines("io.pramd.daemon.access")) {
            refused(Errno.EACCES, verify(withWrongSecret()));
            await(verify(token));
            refused(Errno.EACCES, verify(withWrongSecret()));
            refused(Errno.EACCES, verify("pram_x".getBytes(StandardCharsets.US_ASCII)));

            String secret = new String(TokenText.secret(token), StandardCharsets.US_ASCII);
            assertThat(log.lines())
                    .hasSize(3)
                    .noneMatch(line -> line.contains(secret.substring(20)));
            assertThat(log.lines().getFirst())
                    .isEqualTo(
                            "INFO not let in: cause=wrong secret of token id="
                                    + TokenText.id(token));
        }
        assertThat(new Credential.Token(token)).asString().isEqualTo("token");
    }
}
