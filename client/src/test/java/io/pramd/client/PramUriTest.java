package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PramUriTest {
    @Test
    void readsTcpAndUnixAddresses() {
        assertThat(PramUri.parse("pram://host:1")).isEqualTo(new PramUri("host", 1, null));
        assertThat(PramUri.parse("pram://host")).isEqualTo(new PramUri("host", 7726, null));
        assertThat(PramUri.parse("pram://[::1]:9/")).isEqualTo(new PramUri("[::1]", 9, null));
        assertThat(PramUri.parse("pram+unix:///run/a")).isEqualTo(new PramUri(null, 0, "/run/a"));
        assertThat(PramUri.parse("pram+unix:///run/a").toString()).isEqualTo("pram+unix:///run/a");
    }

    @Test
    void readsAddressesInsideTls() {
        assertThat(PramUri.parse("prams://host:1")).isEqualTo(new PramUri("host", 1, null, true));
        assertThat(PramUri.parse("prams://host").port()).isEqualTo(7727);
        assertThat(PramUri.parse("prams://host").toString()).isEqualTo("prams://host:7727");
        assertThat(PramUri.parse("prams://host").isTls()).isTrue();
        assertThat(PramUri.parse("pram://host").isTls()).isFalse();
        assertThat(PramUri.parse("pram+unix:///run/a").isTls()).isFalse();
        assertThat(PramUri.parse("prams://host")).isNotEqualTo(PramUri.parse("pram://host:7727"));
    }

    @Test
    void whatMayBeASecretIsNotRepeated() {
        for (String text :
                new String[] {"pram://s3cret@host", "prams://a:s3cret@h o", "x//s3cret@"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PramUri.parse(text))
                    .withMessageContaining("@")
                    .withMessageNotContaining("s3cret");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host:1",
                "http://host:1",
                "pram://",
                "pram://host:0",
                "pram://host:70000",
                "pram://host:1/x",
                "pram://me@host:1",
                "pram://host:1?x",
                "prams://",
                "prams://host:0",
                "prams://host:1/x",
                "prams+unix:///run/a",
                "pram+unix://host/x",
                "pram+unix:///",
                "pram://a b"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PramUri.parse(text));
    }

    @Test
    void aSocketPathWithBlanksIsTheSameWhenItIsPrintedAndParsedAgain() {
        PramUri uri = new PramUri(null, 0, "/run/my pramd/a%b é");
        assertThat(uri.toString()).isEqualTo("pram+unix:///run/my%20pramd/a%25b%20é");
        assertThat(PramUri.parse(uri.toString())).isEqualTo(uri);
    }
}
