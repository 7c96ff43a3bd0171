package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CredentialsTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("2026-02-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "2025-12-31T23:59:59Z, true",
        "2026-01-01T00:00:00Z, false",
        "2026-02-01T00:00:00Z, false",
        "2026-02-01T00:00:01Z, true"
    })
    void aCertificateCountsWhileItIsValidAlsoOfAResumedSession(Instant now, boolean isOutOfTime)
            throws Exception {
        X509Certificate[] chain =
                new CertificateBuilder()
                        .subject("CN=search")
                        .setIsCertificateAuthority(true)
                        .notBefore(BEGIN)
                        .notAfter(END)
                        .ecp256()
                        .buildSelfSigned()
                        .getCertificatePath();
        assertThat(Credentials.isOutOfTime(chain, Date.from(now))).isEqualTo(isOutOfTime);
    }
}
