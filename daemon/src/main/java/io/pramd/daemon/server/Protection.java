package io.pramd.daemon.server;

import io.pramd.daemon.access.Access;
import io.pramd.daemon.memory.Sharing;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Immutable: what stands between a server and those who connect.
 *
 * @param insecure whether listeners beyond loopback may be open to anybody
 * @param tls of {@code prams} listeners; empty: there are none
 * @param access who may come in, and what they may do; empty: everybody, everything
 * @param audit what is done is written down there
 * @param sharing who may connect to the sockets in the file system
 */
public record Protection(
        boolean insecure,
        Optional<ServerTls> tls,
        Optional<Access> access,
        AuditLog audit,
        Sharing sharing) {
    /** Nothing, which is enough on this machine alone. */
    public static final Protection NONE =
            new Protection(false, Optional.empty(), Optional.empty(), AuditLog.OFF, Sharing.NONE);

    /** For the operator, by dotted key. */
    Map<String, Object> info() {
        Map<String, Object> info = new LinkedHashMap<>();
        tls.ifPresent(files -> info.put("tls.fault", files.fault()));
        access.ifPresent(rules -> info.putAll(rules.info()));
        info.putAll(audit.info());
        return info;
    }

    Stance stance() {
        return new Stance(
                insecure,
                tls.isPresent(),
                access.isPresent() || tls.map(ServerTls::requiresClient).orElse(false));
    }
}
