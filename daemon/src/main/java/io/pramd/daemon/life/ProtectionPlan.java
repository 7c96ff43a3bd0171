package io.pramd.daemon.life;

import io.pramd.daemon.memory.Sharing;
import io.pramd.daemon.server.Stance;
import io.pramd.daemon.server.TlsConfig;
import java.util.Optional;

/**
 * Immutable: what is to stand between a daemon and those who would use it.
 *
 * @param insecure whether listeners beyond loopback may be open to anybody
 * @param tls of {@code prams} listeners; empty: there are none
 * @param sharing who may use the memory file and the sockets that are made
 */
public record ProtectionPlan(boolean insecure, Optional<TlsConfig> tls, Sharing sharing) {
    /** Nothing, which is enough on this machine alone. */
    public static final ProtectionPlan NONE =
            new ProtectionPlan(false, Optional.empty(), Sharing.NONE);

    /** Where it may be listened on so. */
    public Stance stance() {
        return new Stance(
                insecure, tls.isPresent(), tls.map(TlsConfig::requiresClient).orElse(false));
    }
}
