package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.pramd.daemon.access.Access;
import io.pramd.daemon.access.TestTokens;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.Certificates;
import io.pramd.daemon.memory.Sharing;
import io.pramd.protocol.Hello;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.Ping;
import io.pramd.protocol.WireLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever has not been let in has the daemon keep no more than {@link
 * ServerLimits#STRANGER_BYTES_MAX}, whatever he sends; in the buffers of its connection, which are
 * counted here, and not by the word of a length.
 */
@ParameterizedClass
@CsvSource({"EPOLL, false", "EPOLL, true", "NIO, false", "NIO, true"})
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StrangerMemoryTest {
    /** A hash that takes long enough for megabytes to come meanwhile. */
    private static final int SLOW_ITERATIONS = 600_000;

    private static final int FLOOD_BYTES = 8 << 20;

    @TempDir private static Path folder;
    private static ServedStore served;
    private static Access access;
    private static Certificates certificates;
    private static ServerTls tls;
    private static byte[] wrongToken;

    @Parameter(0)
    Transport transport;

    @Parameter(1)
    boolean isTls;

    private final CountingMemory memory = new CountingMemory();
    private EventLoopGroup loops;
    private Channel listener;
    private volatile Channel child;

    @BeforeAll
    static void guard() throws IOException {
        Path rules = folder.resolve("access.toml");
        Files.writeString(rules, "[principal.a]\ntoken = true\ncertificate = \"CN=a\"\n");
        Path tokens = folder.resolve("tokens");
        String token = TestTokens.issue(tokens, "a", SLOW_ITERATIONS);
        wrongToken = TestTokens.wrong(token).getBytes(StandardCharsets.US_ASCII);
        access = Access.open(rules, Optional.of(tokens));
        certificates = Certificates.in(folder.resolve("authority"));
        Certificates.Issued shown = certificates.server();
        tls =
                ServerTls.read(
                        new TlsConfig(
                                shown.certificates(),
                                shown.key(),
                                Optional.of(certificates.authority()),
                                false,
                                true));
        served =
                ServedStore.guarded(
                        folder,
                        new Protection(
                                false,
                                Optional.of(tls),
                                Optional.of(access),
                                AuditLog.OFF,
                                Sharing.NONE));
    }

    @AfterAll
    static void close() {
        served.close();
        access.close();
    }

    /** As a listener of the daemon, but for the memory. */
    @BeforeEach
    void listen() {
        ListenAddress address = ListenAddress.parse((isTls ? "prams" : "pram") + "://127.0.0.1:0");
        loops =
                new MultiThreadIoEventLoopGroup(
                        1, LoopThread.factory("pramd-loop"), transport.loops());
        listener =
                new ServerBootstrap()
                        .group(loops)
                        .channelFactory(transport.serverChannel(ListenSocket.toBind(address)))
                        .childOption(ChannelOption.ALLOCATOR, memory)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel accepted) {
                                        accepted.pipeline().addLast(memory.counter());
                                        Session.attach(accepted, served.sessions(), address);
                                        child = accepted;
                                    }
                                })
                        .bind(transport.socketAddress(address))
                        .syncUninterruptibly()
                        .channel();
    }

    @AfterEach
    void everythingIsGivenBackAndItWasNotMuch() {
        child.close().syncUninterruptibly();
        listener.close().syncUninterruptibly();
        Await.until("all buffers are given back", () -> memory.used() == 0);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        System.out.println("most=" + memory.most() + " " + transport + " tls=" + isTls);
        assertThat(memory.most()).isPositive().isLessThanOrEqualTo(most());
    }

    private long most() {
        return isTls ? ServerLimits.STRANGER_TLS_BYTES_MAX : ServerLimits.STRANGER_BYTES_MAX;
    }

    private Socket connect() throws Exception {
        Socket socket = connectRaw();
        if (!isTls) {
            return socket;
        }
        SSLContext context = Strangers.trusting(certificates.authority());
        return context.getSocketFactory().createSocket(socket, "localhost", port(), true);
    }

    private Socket connectRaw() throws IOException {
        Socket socket = new Socket("127.0.0.1", port());
        socket.setTcpNoDelay(true);
        return socket;
    }

    private int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private static ClientBytes hello(byte[] token) {
        return ClientBytes.preface()
                .message(0, Hello.of("a".repeat(WireLimits.AGENT_BYTES_MAX)).withToken(token));
    }

    /** Sends until the daemon hears no more, and takes what it says to the end. */
    private static void send(Socket socket, byte[] bytes, int piece) {
        send(socket, bytes, piece, false);
    }

    /** The same, and then says that there is no more. */
    private static void sendAndEnd(Socket socket, byte[] bytes, int piece) {
        send(socket, bytes, piece, true);
    }

    private static void send(Socket socket, byte[] bytes, int piece, boolean ends) {
        Thread taking = Thread.ofVirtual().start(() -> Strangers.takeAll(socket));
        try {
            OutputStream out = socket.getOutputStream();
            for (int at = 0; at < bytes.length; at += piece) {
                out.write(bytes, at, Math.min(piece, bytes.length - at));
            }
            if (ends) {
                socket.shutdownOutput();
            }
        } catch (IOException e) {
            assertThat(e)
                    .hasMessageMatching(
                            "(?i).*(reset|broken pipe|closed|shut ?down|alert|handshake).*");
        }
        try {
            taking.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 1 << 20})
    void theLongestHelloInPiecesOf(int piece) throws Exception {
        try (Socket socket = connect()) {
            send(socket, hello(new byte[WireLimits.AUTH_DATA_BYTES_MAX]).bytes(), piece);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = MessageType.class,
            names = {"HELLO", "PAGES", "PREPARE_SAVE", "LISTING", "UNKNOWN"})
    void aHeaderThatClaimsTheLargestLength(MessageType type) throws Exception {
        for (int length : new int[] {-1, Integer.MAX_VALUE, WireLimits.PACKET_BYTES_MAX}) {
            try (Socket socket = connect()) {
                byte[] head = ClientBytes.preface().header(length, type.number(), 0, 0).bytes();
                send(socket, Arrays.copyOf(head, FLOOD_BYTES), 1 << 16);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void megabytesBehindHelloWhileItsTokenIsHashed(boolean areRequests) throws Exception {
        ClientBytes bytes = hello(wrongToken);
        for (long id = 1; areRequests && id < FLOOD_BYTES / 16; id++) {
            bytes.message(id, new Ping());
        }
        try (Socket socket = connect()) {
            send(socket, Arrays.copyOf(bytes.bytes(), FLOOD_BYTES), 1 << 16);
        }
    }

    /**
     * Of what looks like TLS: records that claim much, begin a message that claims more, or go on.
     */
    @ParameterizedTest
    @CsvSource({
        "16 03 01 ff ff 01 ff ff ff, 1048576",
        "16 03 01 40 00 01 ff ff ff, 16388",
        "16 03 03 40 00 01 00 3f fa 03 03, 16388",
        "16 03 01 00 01 01 16 03 01 00 01 ff, 12",
        "15 03 03 40 00, 16388",
        "17 03 03 41 00, 16644",
        "80 ff 01 03 01, 255"
    })
    void tlsThatIsNeverWhole(String head, int bytes) throws Exception {
        byte[] record = Strangers.hex(head);
        for (int piece : new int[] {1 << 16, 997}) {
            try (Socket socket = connectRaw()) {
                sendAndEnd(socket, Arrays.copyOf(record, bytes), piece);
            }
        }
    }

    /** A message of the handshake in many records, each of them whole. */
    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 16_384})
    void aHandshakeMessageOfSixteenMegabytesInRecordsOf(int piece) throws Exception {
        byte[] record = new byte[5 + piece];
        System.arraycopy(Strangers.hex("16 03 01"), 0, record, 0, 3);
        record[3] = (byte) (piece >> 8);
        record[4] = (byte) piece;
        byte[] all = new byte[Math.min(FLOOD_BYTES, 4096 * record.length)];
        for (int at = 0; at + record.length <= all.length; at += record.length) {
            System.arraycopy(record, 0, all, at, record.length);
        }
        System.arraycopy(Strangers.hex("01 ff ff ff"), 0, all, 5, Math.min(piece, 4));
        try (Socket socket = connectRaw()) {
            sendAndEnd(socket, all, 1 << 16);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 200", "1, 30000", "1, 900000", "7, 4000", "200, 10"})
    void aClientWithCertificates(int count, int bytes) throws Exception {
        SSLContext context = Strangers.showing(certificates.authority(), count, bytes);
        try (Socket socket = connectRaw();
                Socket inside =
                        context.getSocketFactory()
                                .createSocket(socket, "localhost", port(), true)) {
            send(inside, hello(wrongToken).bytes(), 1 << 16);
        }
    }
}
