package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.access.Access;
import io.pramd.daemon.access.TestTokens;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Hello;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Pong;
import io.pramd.protocol.Welcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Without the native library nobody knows the user at the other end of a Unix socket. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class NioUserTest {
    @TempDir Path folder;

    @Test
    void nobodyIsLetInByItsUserAndATokenStillCounts() throws IOException {
        Object uid = Files.getAttribute(folder, "unix:uid");
        Object gid = Files.getAttribute(folder, "unix:gid");
        Path rules = folder.resolve("access.toml");
        Files.writeString(
                rules, "[principal.a]\nuid = " + uid + "\ngid = " + gid + "\ntoken = true\n");
        Path tokens = folder.resolve("tokens");
        byte[] token = TestTokens.issue(tokens, "a").getBytes(StandardCharsets.US_ASCII);
        ListenAddress address = ListenAddress.parse("pram+unix://" + folder.resolve("socket"));
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("memory"));
                Access access = Access.open(rules, Optional.of(tokens));
                Server server =
                        Server.start(
                                ServerConfig.of(fixture.store(), List.of(address), "test")
                                        .withProtection(Protections.by(access)),
                                Transport.NIO)) {
            assertThat(server.addresses()).containsExactly(address);
            try (SocketClient client = new SocketClient(address)) {
                client.send(ClientBytes.greeting());
                assertThat(client.nextError(0, Errno.EACCES).closing()).isTrue();
                client.expectEnd();
            }
            try (SocketClient client = new SocketClient(address)) {
                Hello hello = Hello.of("test").withToken(token);
                client.send(ClientBytes.preface().message(0, hello).message(1, new Ping()));
                client.next(0, Welcome.class);
                client.next(1, Pong.class);
            }
        }
    }
}
