package io.pramd.client;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Immutable: whom a client trusts on {@code prams://}, and the certificate that it shows. The
 * daemon's certificate and the host name in it are always verified.
 *
 * <p>Files are PEM. They are read when the client is made, and again for a new connection when they
 * have changed since: who rotates them need not restart the program. Connections that are open go
 * on.
 */
public final class PramTls {
    /** Immutable: versions of TLS. */
    public enum Version {
        TLS_1_2,
        TLS_1_3
    }

    private static final PramTls DEFAULTS = new PramTls(null, null, null, Version.TLS_1_3);

    private final Path trust;
    private final Path certificate;
    private final Path key;
    private final Version minimum;

    private PramTls(Path trust, Path certificate, Path key, Version minimum) {
        this.trust = trust;
        this.certificate = certificate;
        this.key = key;
        this.minimum = minimum;
    }

    /** Trusts whom the JVM trusts, shows no certificate, and speaks TLS 1.3. */
    public static PramTls defaults() {
        return DEFAULTS;
    }

    /** The certificates that are trusted; empty: those that the JVM trusts. */
    public Optional<Path> trust() {
        return Optional.ofNullable(trust);
    }

    /** Trusts these certificates, and what they have signed, and nothing else. */
    public PramTls withTrust(Path caPem) {
        Objects.requireNonNull(caPem, "caPem");
        return new PramTls(caPem, certificate, key, minimum);
    }

    /** The certificate to show, with those that lead to a trusted one behind it; empty: none. */
    public Optional<Path> certificate() {
        return Optional.ofNullable(certificate);
    }

    /** The certificate's key; empty without a certificate. */
    public Optional<Path> key() {
        return Optional.ofNullable(key);
    }

    /**
     * Shows this certificate to a daemon that asks for one.
     *
     * @param chainPem the certificate, and those behind it that lead to one that the daemon trusts
     * @param keyPem its key: PKCS#8, not encrypted
     */
    public PramTls withCertificate(Path chainPem, Path keyPem) {
        Objects.requireNonNull(chainPem, "chainPem");
        Objects.requireNonNull(keyPem, "keyPem");
        return new PramTls(trust, chainPem, keyPem, minimum);
    }

    /** The oldest version that is spoken. */
    public Version minimum() {
        return minimum;
    }

    public PramTls withMinimum(Version minimum) {
        Objects.requireNonNull(minimum, "minimum");
        return new PramTls(trust, certificate, key, minimum);
    }
}
