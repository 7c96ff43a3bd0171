package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.Certificates;
import io.pramd.daemon.fixture.LogLines;
import io.pramd.daemon.fixture.StoreFixture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TlsFloodTest {
    /** Their answers are several times what the kernel keeps for a client that does not read. */
    private static final int UPDATES = 300_000;

    private static final int GARBAGE_BYTES = 60_000;

    @TempDir Path folder;

    /** What is done to a daemon that listens. */
    private interface Attack {
        void on(InetSocketAddress address, Path authority) throws IOException;
    }

    private void serve(Attack attack) throws IOException {
        Certificates authority = Certificates.in(folder.resolve("authority"));
        Certificates.Issued own = authority.server();
        ServerTls tls = ServerTls.read(TlsConfig.of(own.certificates(), own.key()));
        try (StoreFixture store = StoreFixture.format(folder.resolve("memory"))) {
            ServerConfig config =
                    ServerConfig.of(
                                    store.store(),
                                    List.of(ListenAddress.parse("prams://127.0.0.1:0")),
                                    "pramd test")
                            .withProtection(Protections.by(tls));
            try (Server server = Server.start(config)) {
                ListenAddress.Tcp address = (ListenAddress.Tcp) server.addresses().getFirst();
                attack.on(address.socket(), authority.authority());
            }
        }
    }

    @Test
    void whoAsksForNewKeysAndDoesNotTakeThemIsCutOff() throws IOException {
        serve(
                (address, authority) ->
                        assertThatThrownBy(() -> askForKeys(address, authority))
                                .isInstanceOf(IOException.class));
    }

    @Test
    void theLogDoesNotRepeatWhatAStrangerSends() throws IOException {
        try (LogLines log = new LogLines(ConnectionLog.class.getName())) {
            serve(
                    (address, authority) -> {
                        try (Socket socket = new Socket("127.0.0.1", address.getPort())) {
                            socket.getOutputStream().write(helloAndGarbage());
                            Await.until("it is refused", () -> !log.lines().isEmpty());
                        }
                    });
            assertThat(log.lines()).allMatch(line -> line.length() < 400);
        }
    }

    private static byte[] helloAndGarbage() throws IOException {
        ByteBuffer hello = ByteBuffer.allocate(20_000);
        try {
            SSLEngine client = SSLContext.getDefault().createSSLEngine();
            client.setUseClientMode(true);
            client.wrap(ByteBuffer.allocate(0), hello);
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
        byte[] bytes = new byte[hello.position() + GARBAGE_BYTES];
        Arrays.fill(bytes, (byte) 0xEE);
        System.arraycopy(hello.array(), 0, bytes, 0, hello.position());
        return bytes;
    }

    private static void askForKeys(InetSocketAddress address, Path authority) throws IOException {
        Socket plain = new Socket();
        plain.setReceiveBufferSize(4096);
        plain.connect(address);
        try (SSLSocket socket =
                (SSLSocket)
                        factory(authority)
                                .createSocket(plain, "127.0.0.1", address.getPort(), true)) {
            for (int i = 0; i < UPDATES; i++) {
                socket.startHandshake(); // behind the first one: an update of keys
            }
        }
    }

    private static SSLSocketFactory factory(Path authority) throws IOException {
        JdkSslContext context =
                (JdkSslContext)
                        SslContextBuilder.forClient()
                                .sslProvider(SslProvider.JDK)
                                .protocols("TLSv1.3")
                                .trustManager(authority.toFile())
                                .build();
        return context.context().getSocketFactory();
    }
}
