package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultChannelProgressivePromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.pramd.protocol.Errno;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What writers hear of TLS. */
class TlsEventsTest {
    private static final PramUri URI = PramUri.parse("prams://host");
    private static final Call CALL = new Call("save", "n", Duration.ofSeconds(1), Deadline.NEVER);

    private static TlsFailure failures(boolean showsCertificate) {
        return new TlsFailure(URI, showsCertificate, true);
    }

    private static EmbeddedChannel channel() {
        Listeners listeners = new Listeners(URI, PramListener.NONE);
        Connection connection =
                new Connection(new EmbeddedChannel(), listeners, new Departure(listeners));
        return new EmbeddedChannel(new TlsEvents(connection, failures(false)));
    }

    private static DefaultChannelProgressivePromise promise(
            EmbeddedChannel channel, List<Long> told) {
        DefaultChannelProgressivePromise promise =
                new DefaultChannelProgressivePromise(channel, ImmediateEventExecutor.INSTANCE) {
                    @Override
                    public boolean tryProgress(long progress, long total) {
                        told.add(progress);
                        return super.tryProgress(progress, total);
                    }
                };
        return promise;
    }

    @ParameterizedTest
    @CsvSource({"100, 1", "16384, 1", "16385, 2", "49152, 3", "1048700, 65"})
    void aPacketGoesOnInPartsOfOneRecord(int bytes, int parts) {
        EmbeddedChannel channel = channel();
        List<Long> told = new ArrayList<>();
        DefaultChannelProgressivePromise promise = promise(channel, told);
        ByteBuf packet = Unpooled.buffer(bytes);
        for (int i = 0; i < bytes; i++) {
            packet.writeByte(i * 31 >> 3);
        }
        ByteBuf expected = packet.copy();

        channel.writeAndFlush(packet, promise);

        assertThat(promise.isSuccess()).isTrue();
        assertThat(told).hasSize(parts - 1).isSorted().allMatch(moved -> moved < bytes);
        ByteBuf sent = Unpooled.buffer(bytes);
        for (int i = 0; i < parts; i++) {
            ByteBuf part = channel.readOutbound();
            assertThat(part.readableBytes()).isPositive().isLessThanOrEqualTo(16_384);
            sent.writeBytes(part);
            part.release();
        }
        assertThat(channel.outboundMessages()).isEmpty();
        assertThat(sent).isEqualTo(expected);
        assertThat(packet.refCnt()).isZero();
        sent.release();
        expected.release();
    }

    @Test
    void aPacketThatCannotBeSentFailsAndIsReleased() {
        EmbeddedChannel channel = channel();
        channel.close();
        List<Long> told = new ArrayList<>();
        DefaultChannelProgressivePromise promise = promise(channel, told);
        ByteBuf packet = Unpooled.buffer(50_000).writeZero(50_000);

        channel.writeAndFlush(packet, promise);

        assertThat(promise.isDone()).isTrue();
        assertThat(promise.isSuccess()).isFalse();
        assertThat(told).isEmpty();
        assertThat(packet.refCnt()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "bad_certificate, true, refuses the certificate of this client",
        "unknown_ca, true, refuses the certificate of this client",
        "unknown_ca, false, wants a certificate of this client",
        "certificate_required, true, wants a certificate of this client",
        "handshake_failure, true, no TLS that this client speaks",
        "handshake_failure, false, or wants a certificate",
        "protocol_version, true, speaks without TLS there: use pram://",
        "unrecognized_name, true, is not for this host: host=host"
    })
    void whatTheNextAttemptWouldFindAgainIsFinal(String alert, boolean shows, String text) {
        PramException thrown =
                failures(shows)
                        .of(new SSLHandshakeException("Received fatal alert: " + alert))
                        .withoutEffect(CALL);
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        NotSentException.class,
                        e -> {
                            assertThat(e.isUntrusted()).isTrue();
                            assertThat(e.isRepeatable()).isFalse();
                        })
                .hasMessageContaining(text);
        assertThat(thrown.errno()).isEqualTo(Errno.EACCES);
    }

    @Test
    void whatMayPassIsTriedAgain() {
        PramException thrown =
                failures(true)
                        .of(new SSLHandshakeException("Received fatal alert: internal_error"))
                        .withoutEffect(CALL);
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        NotSentException.class, e -> assertThat(e.isRepeatable()).isTrue())
                .hasMessageContaining("TLS failed: Received fatal alert: internal_error");
    }
}
