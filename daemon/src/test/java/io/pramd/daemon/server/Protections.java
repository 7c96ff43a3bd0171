package io.pramd.daemon.server;

import io.pramd.daemon.access.Access;
import io.pramd.daemon.memory.Sharing;
import java.util.Optional;

/** Immutable: protections that tests need. */
final class Protections {
    static final Protection INSECURE =
            new Protection(true, Optional.empty(), Optional.empty(), AuditLog.OFF, Sharing.NONE);

    private Protections() {}

    static Protection by(Access access) {
        return by(access, AuditLog.OFF);
    }

    static Protection by(Access access, AuditLog audit) {
        return new Protection(false, Optional.empty(), Optional.of(access), audit, Sharing.NONE);
    }

    static Protection audited(AuditLog audit) {
        return new Protection(false, Optional.empty(), Optional.empty(), audit, Sharing.NONE);
    }

    static Protection sharing(String group) {
        return new Protection(
                false, Optional.empty(), Optional.empty(), AuditLog.OFF, Sharing.with(group));
    }

    static Protection by(ServerTls tls) {
        return new Protection(
                false, Optional.of(tls), Optional.empty(), AuditLog.OFF, Sharing.NONE);
    }
}
