package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.Features;
import io.pramd.protocol.Hello;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Pong;
import io.pramd.protocol.Welcome;
import io.pramd.protocol.WireLimits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GreetingTest {
    @TempDir Path folder;
    private ServedStore served;
    private EmbeddedClient client;

    @BeforeEach
    void connect() {
        served = ServedStore.in(folder);
        client = served.connect();
    }

    @AfterEach
    void disconnect() {
        client.close();
        served.close();
    }

    @Test
    void saysNothingBeforeTheClientDoes() {
        assertThat(client.rawOutput()).isEmpty();
    }

    @Test
    void welcomesWithLimitsAndTheFilesIdentity() {
        client.send(ClientBytes.greeting());
        Welcome welcome = client.next(0, Welcome.class);
        ByteBuffer uuid = ByteBuffer.wrap(served.store().uuid());
        assertThat(welcome)
                .isEqualTo(
                        new Welcome(
                                1,
                                WireLimits.PACKET_BYTES_MAX,
                                Features.SUPPORTED & ~Features.AUTHENTICATION,
                                WireLimits.STREAMS_MAX,
                                WireLimits.REQUESTS_MAX,
                                WireLimits.IDLE_MILLIS,
                                512,
                                new UUID(uuid.getLong(), uuid.getLong()),
                                "pramd test"));
    }

    @Test
    void answersRequestsPipelinedBehindHello() {
        client.send(ClientBytes.greeting().message(1, new Ping()).message(2, new Ping()));
        client.next(0, Welcome.class);
        client.next(1, Pong.class);
        client.next(2, Pong.class);
    }

    @Test
    void pingMayBeAboutTheConnectionItself() {
        client.send(ClientBytes.greeting().message(0, new Ping()).message(0, new Ping()));
        client.next(0, Welcome.class);
        client.next(0, Pong.class);
        client.next(0, Pong.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "POST /x HTTP/1.0\r\n", "OPTIONS * HTTP/1.1"})
    void answersHttpWithHttp(String request) {
        client.send(ClientBytes.of().raw(request.getBytes(StandardCharsets.US_ASCII)));
        assertThat(client.rawText())
                .startsWith("HTTP/1.1 400 Bad Request\r\n")
                .contains("Connection: close\r\n\r\n")
                .endsWith("Use the pram command.\n");
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void answersTlsWithAnAlert() {
        client.send(ClientBytes.of().raw(hex("16030100c8010000c40303")));
        assertThat(client.rawOutput()).isEqualTo(hex("15030100020246"));
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void answersGarbageWithAnErrorPacket() {
        client.send(ClientBytes.of().raw(hex("00112233445566778899")));
        ErrorReply error = client.nextError(0, Errno.EINVAL);
        assertThat(error.closing()).isTrue();
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void refusesOtherVersions() {
        Hello hello = new Hello(2, 3, WireLimits.PACKET_BYTES_MAX, 0, "later", 0, new byte[0]);
        client.send(ClientBytes.preface().message(0, hello));
        assertEndsWith(Errno.EINVAL, "client=2..3 daemon=1");
    }

    @Test
    void ignoresFeaturesItDoesNotKnow() {
        Hello hello = new Hello(1, 9, WireLimits.PACKET_BYTES_MAX, -1, "eager", 0, new byte[0]);
        client.send(ClientBytes.preface().message(0, hello));
        assertThat(client.next(0, Welcome.class).features())
                .isEqualTo(Features.SUPPORTED & ~Features.AUTHENTICATION);
    }

    @Test
    void refusesAuthenticationThatItDoesNotOffer() {
        Hello hello = new Hello(1, 1, WireLimits.PACKET_BYTES_MAX, 0, "", 7, new byte[3]);
        client.send(ClientBytes.preface().message(0, hello));
        assertEndsWith(Errno.EINVAL, "authMethod=7");
    }

    @Test
    void refusesDataForNoAuthentication() {
        Hello hello = new Hello(1, 1, WireLimits.PACKET_BYTES_MAX, 0, "", 0, new byte[3]);
        client.send(ClientBytes.preface().message(0, hello));
        assertEndsWith(Errno.EINVAL, "authMethod=0 bytes=3");
    }

    @Test
    void refusesAHelloWithAnId() {
        client.send(ClientBytes.preface().message(5, Hello.of("numbered")));
        assertEndsWith(Errno.EINVAL, "id=5");
    }

    @Test
    void refusesAClientThatTakesNoWholeMessage() {
        Hello hello = new Hello(1, 1, 65535, 0, "", 0, new byte[0]);
        client.send(ClientBytes.preface().message(0, hello));
        assertEndsWith(Errno.EINVAL, "value=65535 least=65536");
    }

    @Test
    void expectsHelloFirst() {
        client.send(ClientBytes.preface().message(1, new Ping()));
        assertEndsWith(Errno.EINVAL, "not HELLO: type=2");
    }

    @Test
    void refusesASecondHelloAndGoesOn() {
        client.send(ClientBytes.greeting().message(0, Hello.of("again")).message(1, new Ping()));
        client.next(0, Welcome.class);
        client.nextError(0, Errno.EINVAL);
        client.next(1, Pong.class);
    }

    @Test
    void refusesAHelloThatCannotBeRead() {
        client.send(
                ClientBytes.preface()
                        .header(3, MessageType.HELLO.number(), 0, 0)
                        .raw(hex("010203")));
        assertEndsWith(Errno.EINVAL, "payload ends early");
    }

    @Test
    void refusesTheLargestLength() {
        client.send(ClientBytes.preface().header(-1, MessageType.HELLO.number(), 0, 0));
        assertEndsWith(Errno.EINVAL, "bytes=4294967295");
    }

    @Test
    void endsAConnectionThatDoesNotGreetInTime() {
        client.send(ClientBytes.greeting().bytes(), 0, 12);
        client.passMillis(WireLimits.HANDSHAKE_MILLIS - 1);
        assertThat(client.isOpen()).isTrue();
        client.passMillis(1);
        assertEndsWith(Errno.ETIMEDOUT, "millis=5000");
    }

    @Test
    void aByteASecondDoesNotExtendTheTimeToGreet() {
        byte[] bytes = ClientBytes.greeting().bytes();
        for (int i = 0; i < 5; i++) {
            client.send(bytes, i, i + 1);
            client.passMillis(1000);
        }
        assertEndsWith(Errno.ETIMEDOUT, "millis=5000");
    }

    @Test
    void greetingMayComeByteByByte() {
        client.sendByteByByte(ClientBytes.greeting().bytes());
        client.next(0, Welcome.class);
    }

    private void assertEndsWith(Errno errno, String text) {
        ErrorReply error = client.nextError(0, errno);
        assertThat(error.text()).contains(text);
        assertThat(error.closing()).isTrue();
        client.expectNothing();
        assertThat(client.isOpen()).isFalse();
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
