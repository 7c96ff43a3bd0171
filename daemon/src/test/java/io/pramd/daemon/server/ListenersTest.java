package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.AskInfo;
import io.pramd.protocol.Errno;
import io.pramd.protocol.InfoIs;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.ReadPages;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ListenersTest {
    private static final String ANY_PORT = "pram://127.0.0.1:0";

    @TempDir Path folder;
    private StoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = StoreFixture.format(folder.resolve("memory"));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void listensOnSeveralAddressesAtOnce(Transport transport) throws IOException {
        try (Server server = start(transport, ANY_PORT, "pram://[::1]:0", unix("a"), unix("b"))) {
            List<ListenAddress> addresses = server.addresses();
            assertThat(addresses).hasSize(4);
            assertThat(addresses.get(0).toString()).matches("pram://127\\.0\\.0\\.1:[1-9]\\d*");
            assertThat(addresses.get(1).toString()).matches("pram://\\[0:.*:1]:[1-9]\\d*");
            assertThat(addresses.get(2)).hasToString(unix("a"));
            List<String> shown = addresses.stream().map(ListenAddress::toString).toList();
            for (ListenAddress address : addresses) {
                try (SocketClient client = SocketClient.greeted(address)) {
                    client.send(ClientBytes.of().message(1, new AskInfo()));
                    assertThat(client.next(1, InfoIs.class).values())
                            .containsEntry("server.listeners", InfoValue.of(shown));
                }
            }
        }
        assertThat(folder.resolve("a")).doesNotExist();
        assertThat(folder.resolve("b")).doesNotExist();
    }

    /** The kernel would keep megabytes, and the memory for all sockets of a machine has an end. */
    @Test
    void keepsLittleInTheKernelForAClientThatDoesNotRead() throws Exception {
        assumeTrue(Transport.best() == Transport.EPOLL);
        int pages = 1536;
        fixture.streams().save("large", StreamDriver.bytes(1, pages * StreamDriver.PAGE));
        try (Server server = start(Transport.EPOLL, ANY_PORT);
                SocketClient client =
                        SocketClient.greeted(server.addresses().getFirst(), 32 << 10)) {
            client.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.peek("large"))
                            .message(1, new ReadPages(0, pages)));

            int port = ((ListenAddress.Tcp) server.addresses().getFirst()).socket().getPort();
            assertThat(stuckBytes(port)).isBetween(1L, 768L << 10);
        }
    }

    /** What waits in the kernel to be sent from a port, when that no longer changes. */
    private static long stuckBytes(int port) throws IOException, InterruptedException {
        long before = -1;
        for (int same = 0; same < 5; ) {
            TimeUnit.MILLISECONDS.sleep(50);
            long now = queuedBytes(port);
            same = now > 0 && now == before ? same + 1 : 0;
            before = now;
        }
        return before;
    }

    /** The sum of tx_queue of the connections of that port. */
    private static long queuedBytes(int port) throws IOException {
        String local = String.format(":%04X", port);
        long bytes = 0;
        for (String sockets : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            try (Stream<String> lines = Files.lines(Path.of(sockets))) {
                bytes +=
                        lines.map(line -> line.trim().split("\\s+"))
                                .filter(words -> words[1].endsWith(local))
                                .mapToLong(words -> Long.parseLong(words[4].split(":")[0], 16))
                                .sum();
            }
        }
        return bytes;
    }

    @Test
    void refusesToListenBeyondLoopbackUnlessTold() {
        ServerConfig config = config("pram://0.0.0.0:0");
        assertThatThrownBy(() -> Server.start(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pram://0.0.0.0:0 is beyond loopback");
        try (Server server = Server.start(config.withProtection(Protections.INSECURE))) {
            assertThat(server.addresses()).hasSize(1);
        }
    }

    @Test
    void aSocketIsForTheUserAloneUnlessThereIsAGroup() throws IOException {
        Path socket = folder.resolve("socket");
        try (Server server = Server.start(config("pram+unix://" + socket))) {
            assertThat(server.addresses()).hasSize(1);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
        }
        String group = Files.readAttributes(folder, PosixFileAttributes.class).group().getName();
        ServerConfig shared =
                config("pram+unix://" + socket).withProtection(Protections.sharing(group));
        try (Server server = Server.start(shared)) {
            assertThat(server.addresses()).hasSize(1);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-rw----");
        }
    }

    @Test
    void leavesNoSocketBehindWhoseGroupThereIsNot() {
        Path socket = folder.resolve("socket");
        ServerConfig shared =
                config("pram+unix://" + socket)
                        .withProtection(Protections.sharing("no-such-group"));
        assertThatThrownBy(() -> Server.start(shared))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("group=no-such-group");
        assertThat(socket).doesNotExist();
    }

    @Test
    void refusesToListenNowhere() {
        assertThatThrownBy(() -> Server.start(config()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aPortInUseIsRefusedAndTheOtherListenersAreClosed(Transport transport) {
        try (Server first = start(transport, ANY_PORT)) {
            String taken = first.addresses().getFirst().toString();
            assertThatThrownBy(() -> start(transport, unix("a"), taken).close())
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY))
                    .hasMessageContaining(taken);
            assertThat(folder.resolve("a")).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void replacesASocketFileThatAKilledProcessLeft(Transport transport) throws IOException {
        leaveStaleSocket("a");
        try (Server server = start(transport, unix("a"));
                SocketClient client = SocketClient.greeted(server.addresses().getFirst())) {
            client.send(ClientBytes.of().message(1, new AskInfo()));
            client.next(1, InfoIs.class);
        }
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void leavesASocketOnWhichAnotherListens(Transport transport) throws IOException {
        try (Server first = start(transport, unix("a"))) {
            assertThatThrownBy(() -> start(transport, unix("a")).close())
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY))
                    .hasMessageContaining("path=" + folder.resolve("a"));
            SocketClient.greeted(first.addresses().getFirst()).close();
        }
    }

    @Test
    void leavesAFileThatIsNoSocket() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "precious");
        assertThatThrownBy(() -> start(Transport.best(), unix("a")).close())
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST))
                .hasMessageContaining("path=" + file);
        assertThat(file).hasContent("precious");
    }

    @Test
    void refusesASocketInAFolderThatIsNotThere() {
        assertThatThrownBy(() -> start(Transport.best(), unix("none/a")).close())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        "no such folder for the socket: path=" + folder.resolve("none/a"));
    }

    private void leaveStaleSocket(String name) throws IOException {
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(folder.resolve(name)));
        }
        assertThat(folder.resolve(name)).exists();
    }

    private String unix(String name) {
        return "pram+unix://" + folder.resolve(name);
    }

    private Server start(Transport transport, String... addresses) {
        return Server.start(config(addresses), transport);
    }

    private ServerConfig config(String... addresses) {
        return ServerConfig.of(
                fixture.store(), Stream.of(addresses).map(ListenAddress::parse).toList(), "test");
    }
}
