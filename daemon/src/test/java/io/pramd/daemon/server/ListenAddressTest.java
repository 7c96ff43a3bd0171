package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @ParameterizedTest
    @CsvSource({
        "pram://127.0.0.1:7726, pram://127.0.0.1:7726, true",
        "pram://127.0.0.1, pram://127.0.0.1:7726, true",
        "pram://127.9.9.9:0, pram://127.9.9.9:0, true",
        "pram://[::1]:80, pram://[0:0:0:0:0:0:0:1]:80, true",
        "pram://0.0.0.0:1, pram://0.0.0.0:1, false",
        "pram://[::]:1, pram://[0:0:0:0:0:0:0:0]:1, false",
        "pram://192.0.2.7:65535, pram://192.0.2.7:65535, false",
        "pram+unix:///run/pramd/socket, pram+unix:///run/pramd/socket, true",
        "pram+unix:///a%20b, pram+unix:///a%20b, true",
    })
    void readsAddresses(String text, String shown, boolean local) {
        ListenAddress address = ListenAddress.parse(text);
        assertThat(address).hasToString(shown);
        assertThat(address.isLocal()).isEqualTo(local);
    }

    @Test
    void localhostIsLocal() {
        assertThat(ListenAddress.parse("pram://localhost:1").isLocal()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "127.0.0.1:7726",
                "http://127.0.0.1:7726",
                "pram://",
                "pram://:7726",
                "pram://127.0.0.1:65536",
                "pram://127.0.0.1:x",
                "pram://127.0.0.1:1/path",
                "pram://me@127.0.0.1:1",
                "pram://127.0.0.1:1?a=b",
                "pram:///path",
                "pram+unix://path",
                "pram+unix://host/path",
                "pram+unix:path",
                "pram+unix:///",
                "pram+unix:///a?b",
            })
    void refusesWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> ListenAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("listener " + text);
    }

    private static void requireDistinct(String uris) {
        ListenAddress.requireDistinct(
                Arrays.stream(uris.split(" ")).map(ListenAddress::parse).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pram://127.0.0.1:1 pram://127.0.0.1:1",
                "pram://127.0.0.1:1 prams://127.0.0.1:1",
                "pram://127.0.0.1:2 pram://0.0.0.0:1 pram://127.0.0.1:1",
                "pram://[::]:1 pram://127.0.0.1:1",
                "pram+unix:///a/s pram+unix:///a/b/../s"
            })
    void refusesTwoAtOnePlace(String uris) {
        assertThatThrownBy(() -> requireDistinct(uris))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two listeners at one place");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pram://127.0.0.1:0 pram://127.0.0.1:0",
                "pram://127.0.0.1:1 pram://127.0.0.1:2",
                "pram://127.0.0.1:1 pram://127.0.0.2:1",
                "pram://0.0.0.0:1 pram://[::1]:1",
                "pram+unix:///a pram+unix:///b"
            })
    void takesThoseOfDifferentPlaces(String uris) {
        assertThatCode(() -> requireDistinct(uris)).doesNotThrowAnyException();
    }

    @Test
    void refusesAPathThatNoSocketCanHave() {
        assertThat(ListenAddress.parse("pram+unix:///" + "p".repeat(106)).isLocal()).isTrue();
        assertThatThrownBy(() -> ListenAddress.parse("pram+unix:///" + "p".repeat(107)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bytes=108 max=107");
    }
}
