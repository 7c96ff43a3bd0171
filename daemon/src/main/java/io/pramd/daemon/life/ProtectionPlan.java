package io.pramd.daemon.life;

import io.pramd.daemon.memory.Sharing;
import io.pramd.daemon.server.AuditLog;
import io.pramd.daemon.server.Stance;
import io.pramd.daemon.server.TlsConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Immutable: what is to stand between a daemon and those who would use it.
 *
 * @param insecure whether listeners beyond loopback may be open to anybody
 * @param tls of {@code prams} listeners; empty: there are none
 * @param access rules of who may do what; empty: everybody may do everything
 * @param tokens by which some may come in; only with rules
 * @param audit what is done is written down there
 * @param sharing who may use the memory file and the sockets that are made
 */
public record ProtectionPlan(
        boolean insecure,
        Optional<TlsConfig> tls,
        Optional<Path> access,
        Optional<Path> tokens,
        AuditLog audit,
        Sharing sharing) {
    /** Nothing, which is enough on this machine alone. */
    public static final ProtectionPlan NONE =
            new ProtectionPlan(
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    AuditLog.OFF,
                    Sharing.NONE);

    /** Where it may be listened on so. */
    public Stance stance() {
        boolean requiresClient = tls.map(TlsConfig::requiresClient).orElse(false);
        return new Stance(insecure, tls.isPresent(), access.isPresent() || requiresClient);
    }

    ProtectionPlan withAudit(AuditLog other) {
        return new ProtectionPlan(insecure, tls, access, tokens, other, sharing);
    }
}
