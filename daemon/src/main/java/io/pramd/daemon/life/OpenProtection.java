package io.pramd.daemon.life;

import io.pramd.daemon.access.Access;
import io.pramd.daemon.access.WatchedFiles;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.quota.Quotas;
import io.pramd.daemon.server.Protection;
import io.pramd.daemon.server.ServerTls;
import java.util.Optional;

/** One owner. What a plan of protection names, read, and looked after until this is closed. */
final class OpenProtection implements AutoCloseable {
    private final WatchedFiles watched = WatchedFiles.start("tls");
    private final Optional<ServerTls> tls;
    private final Optional<Access> access;
    private final Protection protection;

    /**
     * @throws StoreException as the reading of a file fails; nothing is left open then
     */
    OpenProtection(ProtectionPlan plan) {
        try {
            tls = plan.tls().map(ServerTls::read);
            tls.ifPresent(read -> watched.watch(read.files(), read::reread));
            access = plan.access().map(rules -> Access.open(rules, plan.tokens()));
        } catch (RuntimeException e) {
            watched.close();
            throw e;
        }
        protection = new Protection(plan.insecure(), tls, access, plan.audit(), plan.sharing());
    }

    Protection protection() {
        return protection;
    }

    /** Holds a store's principals to their quotas, from now on and whenever the rules change. */
    void limit(Quotas quotas) {
        access.ifPresent(
                rules -> {
                    rules.onChange(() -> quotas.rules(rules.rules().quotas()));
                    quotas.rules(rules.rules().quotas());
                });
    }

    @Override
    public void close() {
        watched.close();
        access.ifPresent(Access::close);
    }
}
