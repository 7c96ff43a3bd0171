package io.pramd.daemon.access;

import static io.pramd.daemon.fixture.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.access.TokensFile.NewToken;
import io.pramd.daemon.fixture.LogLines;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TokensFileTest {
    private static final String SALT = "A".repeat(22);
    private static final String HASH = "A".repeat(43);
    private static final String PHC = "$pbkdf2-sha256$i=100000$" + SALT + "$" + HASH;
    private static final String ID = "0123456789abcdef";
    private static final String LINE = ID + " p " + PHC + " 2026-01-31T12:00:00Z";

    @TempDir Path folder;

    private Path file;
    private TokensFile tokens;

    @BeforeEach
    void name() {
        file = folder.resolve("tokens");
        tokens = new TokensFile(file);
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private NewToken add(String principal) {
        return tokens.add(principal, TokenHash.ITERATIONS_MIN);
    }

    @Test
    void issuesATokenOf256RandomBitsAndKeepsAHash() throws IOException {
        NewToken issued = add("search");

        String token = new String(issued.token(), StandardCharsets.US_ASCII);
        assertThat(token).matches("pram_[0-9a-f]{16}_[A-Za-z0-9_-]{43}").contains(issued.id());
        assertThat(Base64.getUrlDecoder().decode(token.substring(22))).hasSize(32);
        assertThat(Files.readString(file))
                .matches(
                        issued.id()
                                + " search \\$pbkdf2-sha256\\$i=100000\\$\\S{22}\\$\\S{43} "
                                + "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\n")
                .doesNotContain(token.substring(22));
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThat(add("search").token()).isNotEqualTo(issued.token());
        assertThat(tokens.read()).hasSize(2);
    }

    @Test
    void keepsCommentsOrderRightsAndTheLinkThatLeadsToTheFile() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real")).resolve("tokens");
        Files.writeString(real, "# ours\n\n" + LINE + "\n");
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
        Files.createSymbolicLink(file, real);

        NewToken issued = add("q");

        assertThat(Files.isSymbolicLink(file)).isTrue();
        assertThat(Files.readString(real)).startsWith("# ours\n\n" + LINE + "\n" + issued.id());
        assertThat(permissions(real)).isEqualTo("rw-r-----");
        assertThat(tokens.revoke(ID).principal()).isEqualTo("p");
        assertThat(Files.readString(file)).startsWith("# ours\n\n" + issued.id() + " q ");
        try (Stream<Path> beside = Files.list(real.getParent())) {
            assertThat(beside.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("tokens", "tokens.lock");
        }
    }

    @Test
    void losesNoneOfTokensThatAreIssuedAtOnce() throws Exception {
        int threads = 4;
        int each = 5;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                String principal = "p" + i;
                all.add(
                        pool.submit(
                                () -> {
                                    for (int j = 0; j < each; j++) {
                                        add(principal);
                                    }
                                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
        assertThat(tokens.read()).hasSize(threads * each);
    }

    @Test
    void replacesWhatAnEarlierChangeHasLeftBehind() throws IOException {
        Path target = Files.writeString(folder.resolve("elsewhere"), "precious");
        Files.createSymbolicLink(folder.resolve("tokens.new"), target);

        add("p");

        assertThat(Files.readString(target)).isEqualTo("precious");
        assertThat(tokens.read()).hasSize(1);
        assertThat(folder.resolve("tokens.new")).doesNotExist();
    }

    @Test
    void leavesABrokenFileAsItIs() throws IOException {
        Files.writeString(file, LINE + "\nnonsense\n");
        restrict();

        refused(Errno.EINVAL, () -> add("p"));
        refused(Errno.EINVAL, () -> tokens.revoke(ID));

        assertThat(Files.readString(file)).isEqualTo(LINE + "\nnonsense\n");
    }

    private void restrict() throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void refusesWhatIsNoPrincipalOrNoToken() {
        refused(Errno.EINVAL, () -> add("a b"));
        refused(Errno.EINVAL, () -> add(""));
        refused(Errno.ENOENT, () -> tokens.revoke(ID));
        assertThat(file).doesNotExist();
        add("p");
        assertThat(refused(Errno.ENOENT, () -> tokens.revoke(ID))).hasMessageContaining(ID);
    }

    @Test
    void refusesAFileThatOthersMayChangeAndWarnsOfOneThatAnybodyMayRead() throws IOException {
        Files.writeString(file, LINE);
        for (String rights : List.of("rw--w----", "rw-----w-", "rw-rw-rw-")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
            assertThat(refused(Errno.EACCES, tokens::read)).hasMessageContaining("chmod go-w");
        }
        try (LogLines log = new LogLines(TokensFile.class.getName())) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
            assertThat(tokens.read()).hasSize(1);
            assertThat(log.lines()).isEmpty();
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(tokens.read()).hasSize(1);
            assertThat(log.lines()).hasSize(1).first().asString().startsWith("WARN anybody may");
        }
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("nonsense", "wrong number of fields: expected=ID PRINCIPAL HASH"),
                Arguments.of(LINE + " ", "wrong number of fields"),
                Arguments.of(LINE.replace(" p ", "  p "), "wrong number of fields"),
                Arguments.of(LINE.replace(ID, "0123456789ABCDEF"), "not the id of a token"),
                Arguments.of(LINE.replace(ID, ID + "0"), "not the id of a token"),
                Arguments.of(LINE.replace(" p ", " p/q "), "not a name of a principal"),
                Arguments.of(LINE.replace("sha256", "sha1"), "not a hash"),
                Arguments.of(LINE.replace("i=100000", "i=99999"), "not a hash"),
                Arguments.of(LINE.replace("i=100000", "i=10000001"), "not a hash"),
                Arguments.of(LINE.replace("i=100000", "i=0100000"), "not a hash"),
                Arguments.of(LINE.replace(SALT, SALT + "A"), "not a hash"),
                Arguments.of(LINE.replace(HASH, "A".repeat(42) + "B"), "not a hash"),
                Arguments.of(LINE.replace("12:00", "25:00"), "not a time"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void saysOfEachBrokenLineWhichItIsAndNotWhatItSays(String line, String text)
            throws IOException {
        Files.writeString(file, "# a comment\n" + LINE + "\n\n" + line + "\n");
        restrict();

        assertThat(refused(Errno.EINVAL, tokens::read))
                .hasMessageContaining(file + ":4: " + text)
                .hasMessageNotContaining(HASH);
    }

    @Test
    void refusesAnIdThatIsThereTwice() throws IOException {
        Files.writeString(file, LINE + "\n" + LINE.replace(" p ", " q ") + "\n");
        restrict();

        assertThat(refused(Errno.EINVAL, tokens::read))
                .hasMessageContaining(file + ":2: the id is taken: id=" + ID + " line=1");
    }

    @Test
    void honoursTheIterationsOfALine() {
        String text = "$pbkdf2-sha256$i=10000000$" + SALT + "$" + HASH;

        assertThat(TokenHash.parse(text).orElseThrow().text()).isEqualTo(text);
    }

    /** Of the same secret, salt and iterations, computed by Python's hashlib. */
    @Test
    void hashesAsOthersDo() {
        byte[] secret = "A".repeat(43).getBytes(StandardCharsets.US_ASCII);
        TokenHash hash =
                TokenHash.parse(
                                "$pbkdf2-sha256$i=100000$AAECAwQFBgcICQoLDA0ODw$x8h0kr1jvY/MOyS0mTbt9aVIP09QNhs+5zKojstS5tI")
                        .orElseThrow();

        assertThat(hash.isOf(secret)).isTrue();
        secret[42] = 'B';
        assertThat(hash.isOf(secret)).isFalse();
        assertThat(hash).asString().isEqualTo("pbkdf2-sha256 i=100000");
    }
}
