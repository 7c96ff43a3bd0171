package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.access.Access;
import io.pramd.daemon.access.TokensFile;
import io.pramd.daemon.fixture.Await;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.Features;
import io.pramd.protocol.Hello;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Pong;
import io.pramd.protocol.Welcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntroductionTest {
    private static final String RULES =
            """
            [principal.search]
            token = true
            allow = [{ verbs = ["all"], prefix = "search/" }]
            """;

    @TempDir Path folder;
    private Path rules;
    private Path tokens;
    private Access access;
    private ServedStore served;

    @BeforeEach
    void serve() throws IOException {
        rules = Files.writeString(folder.resolve("access.toml"), RULES);
        tokens = folder.resolve("tokens");
    }

    /** Issues a token, and serves. */
    private TokensFile.NewToken serveWithToken() {
        TokensFile.NewToken issued = new TokensFile(tokens).add("search");
        access = Access.open(rules, Optional.of(tokens));
        served = ServedStore.guarded(folder, Protections.by(access));
        return issued;
    }

    @AfterEach
    void close() {
        served.close();
        access.close();
    }

    private static ClientBytes hello(byte[] token) {
        Hello hello = Hello.of("test").withToken(token);
        return ClientBytes.preface().message(0, hello);
    }

    @Test
    void aTokenLetsInWhateverIsPipelinedBehindIt() {
        byte[] token = serveWithToken().token();
        try (EmbeddedClient client = served.connect()) {
            client.send(hello(token).message(1, new Ping()).message(2, new Ping()));
            Await.until("the token is verified", () -> client.hasMore());
            assertThat(client.next(0, Welcome.class).features()).isEqualTo(Features.SUPPORTED);
            client.next(1, Pong.class);
            client.next(2, Pong.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "pram_0123456789abcdef_0000000000000000000000000000000000000000000"
            })
    void anotherTokenEndsTheConnectionUnheard(String wrong) {
        serveWithToken();
        try (EmbeddedClient client = served.connect()) {
            client.send(hello(wrong.getBytes(StandardCharsets.US_ASCII)).message(1, new Ping()));
            ErrorReply error = client.nextError(0, Errno.EACCES);
            assertThat(error.closing()).isTrue();
            client.expectNothing();
            assertThat(client.isOpen()).isFalse();
        }
    }

    @Test
    void nobodyIsNotLetIn() {
        serveWithToken();
        try (EmbeddedClient client = served.connect()) {
            client.send(ClientBytes.greeting().message(1, new Ping()));
            assertThat(client.nextError(0, Errno.EACCES).closing()).isTrue();
            assertThat(client.isOpen()).isFalse();
        }
    }

    @Test
    void whoseTokenIsRevokedHasToGo() {
        TokensFile.NewToken token = serveWithToken();
        try (EmbeddedClient client = served.connect()) {
            client.send(hello(token.token()));
            Await.until("the token is verified", () -> client.hasMore());
            client.next(0, Welcome.class);
            new TokensFile(tokens).revoke(token.id());
            Await.until("the token is read to be gone", () -> client.hasMore());
            ErrorReply error = client.nextError(0, Errno.EACCES);
            assertThat(error.closing()).isTrue();
            assertThat(error.text()).contains("principal=search");
        }
        try (EmbeddedClient client = served.connect()) {
            client.send(hello(token.token()));
            client.nextError(0, Errno.EACCES);
        }
    }
}
