package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StanceTest {
    @ParameterizedTest
    @CsvSource({
        // listener, --insecure, certificate, asks who, what is missing
        "pram://127.0.0.1, false, false, false,",
        "pram+unix:///run/pramd.sock, false, false, false,",
        "prams://127.0.0.1, false, true, false,",
        "prams://127.0.0.1, true, false, true, needs a certificate and its key",
        "pram://0.0.0.0, false, false, false, nothing is encrypted",
        "pram://0.0.0.0, false, true, true, nothing is encrypted",
        "pram://0.0.0.0, true, false, false,",
        "prams://0.0.0.0, false, true, false, nobody is asked who he is",
        "prams://0.0.0.0, false, true, true,",
        "prams://0.0.0.0, true, true, false,",
        "prams://0.0.0.0, true, false, true, needs a certificate and its key",
    })
    void saysWhatAListenerLacks(
            String listener, boolean insecure, boolean hasTls, boolean asksWho, String lacks) {
        Stance stance = new Stance(insecure, hasTls, asksWho);
        ListenAddress address = ListenAddress.parse(listener);
        if (lacks == null) {
            assertThatCode(() -> stance.requireMayListen(address)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> stance.requireMayListen(address))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(address.toString())
                    .hasMessageContaining(lacks);
        }
    }
}
