package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminAddressTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:7728, http://127.0.0.1:7728/",
        "localhost:1, http://127.0.0.1:1/",
        "[::1]:7728, http://[0:0:0:0:0:0:0:1]:7728/",
        "0.0.0.0:7728, https://0.0.0.0:7728/",
        "https://127.0.0.1:0, https://127.0.0.1:0/",
        "http://127.0.0.1:7728/, http://127.0.0.1:7728/",
    })
    void isHttpOnLoopbackAndHttpsElsewhere(String text, String expected) {
        assertThat(AdminAddress.parse(text)).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "7728",
                "",
                "127.0.0.1:99999",
                "ftp://127.0.0.1:1",
                "127.0.0.1:7728/metrics",
                "http://user@127.0.0.1:1",
                "127.0.0.1:7728?x",
                "a b:1"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AdminAddress.parse(text))
                .withMessageStartingWith("admin listener " + text + ": ");
    }

    @Test
    void beyondLoopbackNeedsTlsAndRules() {
        AdminAddress everywhere = AdminAddress.parse("0.0.0.0:7728");
        everywhere.requireAllowed(true, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> everywhere.requireAllowed(true, false))
                .withMessageContaining("--access");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> everywhere.requireAllowed(false, true))
                .withMessageContaining("--tls-cert");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AdminAddress.parse("http://0.0.0.0:1").requireAllowed(true, true))
                .withMessageContaining("only https://");
    }

    @Test
    void loopbackNeedsNothingButACertificateForHttps() {
        AdminAddress.parse("127.0.0.1:1").requireAllowed(false, false);
        AdminAddress inside = AdminAddress.parse("https://127.0.0.1:1");
        inside.requireAllowed(true, false);
        assertThatIllegalArgumentException().isThrownBy(() -> inside.requireAllowed(false, false));
    }
}
