package io.pramd.daemon.life;

import io.pramd.daemon.access.Access;
import io.pramd.daemon.access.WatchedFiles;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.quota.QuotaRules;
import io.pramd.daemon.quota.Quotas;
import io.pramd.daemon.server.Protection;
import io.pramd.daemon.server.ServerTls;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One owner. What a plan of protection names, read, and looked after until this is closed. */
final class OpenProtection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenProtection.class);

    private final Optional<WatchedFiles> watched; // of TLS, where there is any
    private final Optional<Access> access;
    private final Protection protection;

    /**
     * @throws StoreException as the reading of a file fails; nothing is left open then
     */
    OpenProtection(ProtectionPlan plan) {
        Optional<ServerTls> tls = plan.tls().map(ServerTls::read);
        watched = tls.map(OpenProtection::watch);
        try {
            access = plan.access().map(rules -> Access.open(rules, plan.tokens()));
        } catch (RuntimeException e) {
            watched.ifPresent(WatchedFiles::close);
            throw e;
        }
        protection = new Protection(plan.insecure(), tls, access, plan.audit(), plan.sharing());
    }

    private static WatchedFiles watch(ServerTls tls) {
        WatchedFiles files = WatchedFiles.start("tls");
        files.watch(tls.files(), tls::reread);
        return files;
    }

    Protection protection() {
        return protection;
    }

    /** Holds a store's principals to their quotas, from now on and whenever the rules change. */
    void limit(Quotas quotas, LongSupplier fileBytes) {
        access.ifPresent(
                rules -> {
                    rules.onChange(() -> limit(quotas, rules.rules().quotas(), fileBytes));
                    limit(quotas, rules.rules().quotas(), fileBytes);
                });
    }

    private static void limit(Quotas quotas, QuotaRules rules, LongSupplier fileBytes) {
        quotas.rules(rules);
        if (rules.reservedBytes() >= fileBytes.getAsLong()) {
            LOG.warn(
                    "the reserve leaves nothing for others: reserve={} file={}",
                    rules.reservedBytes(),
                    fileBytes.getAsLong());
        }
    }

    @Override
    public void close() {
        watched.ifPresent(WatchedFiles::close);
        access.ifPresent(Access::close);
    }
}
