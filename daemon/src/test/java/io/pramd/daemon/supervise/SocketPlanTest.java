package io.pramd.daemon.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.server.ListenAddress;
import io.pramd.daemon.server.ListenSocket;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SocketPlanTest {
    private static List<ListenAddress> wanted(String... uris) {
        return Stream.of(uris).map(ListenAddress::parse).toList();
    }

    private static ListenSocket own(int fd, String uri) {
        return new ListenSocket(ListenAddress.parse(uri), fd, false);
    }

    private static ListenSocket lent(int fd, String uri) {
        return new ListenSocket(ListenAddress.parse(uri), fd, true);
    }

    @Test
    void aListenerTakesTheSocketOfItsAddressInItsOwnOrder() {
        SocketPlan plan =
                SocketPlan.of(
                        wanted("pram+unix:///a/b", "pram://127.0.0.1:7000", "pram://[::1]:7000"),
                        List.of(own(5, "pram://127.0.0.1:7000"), lent(6, "pram+unix:///a/b")));

        assertThat(plan.serve())
                .containsExactly(
                        lent(6, "pram+unix:///a/b"),
                        own(5, "pram://127.0.0.1:7000"),
                        ListenSocket.toBind(ListenAddress.parse("pram://[::1]:7000")));
        assertThat(plan.unused()).isEmpty();
    }

    @Test
    void whatIsLentIsServedUnaskedAndWhatIsNotIsUnused() {
        SocketPlan plan =
                SocketPlan.of(
                        List.of(), List.of(lent(3, "pram+unix:///a"), own(4, "pram+unix:///b")));

        assertThat(plan.serve()).containsExactly(lent(3, "pram+unix:///a"));
        assertThat(plan.unused()).containsExactly(own(4, "pram+unix:///b"));
    }

    @Test
    void tlsIsSpokenWhereTheListenerSaysSo() {
        SocketPlan plan =
                SocketPlan.of(wanted("prams://0.0.0.0:7727"), List.of(lent(3, "pram://[::]:7727")));

        assertThat(plan.serve()).containsExactly(lent(3, "prams://0.0.0.0:7727"));
    }

    @Test
    void anyPortIsTheOneThatNobodyElseAsksFor() {
        SocketPlan plan =
                SocketPlan.of(
                        wanted("pram://127.0.0.1:0", "pram://127.0.0.1:7000"),
                        List.of(
                                own(3, "pram://127.0.0.1:7000"),
                                own(4, "prams://127.0.0.1:7002"),
                                own(5, "pram://127.0.0.1:7001")));

        assertThat(plan.serve()).extracting(ListenSocket::fd).containsExactly(5, 3);
        assertThat(plan.unused()).extracting(ListenSocket::fd).containsExactly(4);
    }
}
