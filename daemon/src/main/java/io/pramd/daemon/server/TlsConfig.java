package io.pramd.daemon.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Immutable: what {@code prams} listeners show, and what they ask for.
 *
 * @param certificates PEM: the daemon's certificate and what leads from it to its authority
 * @param key PEM: its private key, PKCS #8 without a password
 * @param clientAuthorities PEM: who vouches for the certificates of clients; empty: none are asked
 *     for
 * @param requiresClient whether a client without such a certificate is refused
 * @param allows12 whether TLS 1.2 is spoken beside 1.3
 */
public record TlsConfig(
        Path certificates,
        Path key,
        Optional<Path> clientAuthorities,
        boolean requiresClient,
        boolean allows12) {
    public TlsConfig {
        if (requiresClient && clientAuthorities.isEmpty()) {
            throw new IllegalArgumentException(
                    "certificates of clients cannot be required without an authority for them");
        }
    }

    /** A certificate that clients verify; they themselves need none. */
    public static TlsConfig of(Path certificates, Path key) {
        return new TlsConfig(certificates, key, Optional.empty(), false, false);
    }

    /** The same, and clients need a certificate of these authorities. */
    public TlsConfig requiringClients(Path authorities) {
        return new TlsConfig(certificates, key, Optional.of(authorities), true, allows12);
    }

    /** All that is read. */
    public List<Path> files() {
        return clientAuthorities
                .map(authorities -> List.of(certificates, key, authorities))
                .orElse(List.of(certificates, key));
    }
}
