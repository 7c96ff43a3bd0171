package io.pramd.daemon.server;

import io.pramd.daemon.access.Access;
import io.pramd.daemon.access.Credential;
import io.pramd.daemon.access.Verb;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.Store;
import io.pramd.protocol.Errno;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Thread-safe: what administrators see and do by another way than a connection of the protocol,
 * under the same rules and into the same audit log.
 */
public final class Administration {
    /** Stands in the audit log for the connection. */
    private static final long NO_CONNECTION = 0;

    private final Store store;
    private final Optional<Access> access;
    private final AuditLog audit;
    private final Metering metering;

    Administration(Store store, Protection protection, Metering metering) {
        this.metering = metering;
        this.store = store;
        this.access = protection.access();
        this.audit = protection.audit();
    }

    /** Whether it is asked who somebody is; else nobody is an administrator by this way. */
    public boolean asksWho() {
        return access.isPresent();
    }

    /**
     * Tells whether a token is an administrator's. The token is zeroed.
     *
     * @param from address of whoever shows it
     * @return fails with EACCES: an unknown token, or one of somebody else; EAGAIN as {@link
     *     Access#authenticate}
     */
    public CompletableFuture<Administrator> authenticate(byte[] token, String from) {
        if (access.isEmpty()) {
            return CompletableFuture.failedFuture(
                    StoreException.of(Errno.EACCES, "this daemon has no rules, and so no tokens"));
        }
        Caller stranger =
                new Caller(metering, audit, new AuditLog.Doer(NO_CONNECTION, from, "", ""));
        return access.get()
                .authenticate(new Credential.Token(token))
                .whenComplete(
                        (identity, failure) -> {
                            if (failure != null && audit.mayWriteRefusal()) {
                                stranger.came(Metering.result(failure));
                            }
                        })
                .thenApply(
                        identity -> {
                            Caller caller = stranger.known(access.get(), identity);
                            caller.requireAdministrator();
                            return new Administrator(caller);
                        });
    }

    /** Immutable: somebody who has shown an administrator's token. */
    public final class Administrator {
        private final Caller caller;

        private Administrator(Caller caller) {
            this.caller = caller;
        }

        /**
         * Removes a ready node.
         *
         * @param sequence only this one, else ESTALE
         * @return its sequence; ENOENT, EBUSY, EACCES
         */
        public CompletableFuture<Long> remove(String name, long sequence) {
            AuditEntry entry = caller.begin("remove", name);
            return written(
                    entry,
                    () -> {
                        caller.require(Verb.REMOVE, name);
                        return store.remove(name, sequence);
                    });
        }

        /** Gives up the quarantined node whose node page is in this frame; ENOENT. */
        public CompletableFuture<Long> removeQuarantined(long pfn) {
            AuditEntry entry = caller.begin("remove", store.quarantinedName(pfn).orElse(""));
            return written(
                    entry,
                    () -> {
                        caller.requireQuarantined(pfn, store.quarantinedName(pfn));
                        return store.removeQuarantined(pfn);
                    });
        }

        private void requireStillGood() {
            if (!caller.isStillGood()) {
                throw StoreException.of(
                        Errno.EACCES,
                        "the token is not good any more: principal=" + caller.principal());
            }
            caller.requireAdministrator();
        }

        private CompletableFuture<Long> written(
                AuditEntry entry, Supplier<CompletableFuture<Long>> removal) {
            CompletableFuture<Long> answer;
            try {
                requireStillGood(); // it has waited for its turn
                answer = removal.get();
            } catch (StoreException e) {
                answer = CompletableFuture.failedFuture(e);
            }
            return answer.whenComplete(
                    (sequence, failure) -> {
                        if (failure == null) {
                            entry.ok(0);
                        } else {
                            entry.failed(failure);
                        }
                    });
        }
    }
}
