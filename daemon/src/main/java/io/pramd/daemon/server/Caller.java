package io.pramd.daemon.server;

import io.pramd.daemon.access.Access;
import io.pramd.daemon.access.AccessRules;
import io.pramd.daemon.access.Identity;
import io.pramd.daemon.access.Verb;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.Asker;
import io.pramd.daemon.node.Saver;
import io.pramd.protocol.Errno;
import java.util.List;
import java.util.Optional;

/**
 * Immutable: who is at the other end of a connection, and what that one may do now. The rules are
 * asked anew each time. What it may not see is absent for it, whether it is there or not; so
 * nothing here looks at what is there.
 */
final class Caller {
    private final Optional<Access> access;
    private final Optional<Identity> identity;
    private final Metering metering;
    private final AuditLog audit;
    private final AuditLog.Doer doer;

    /** Of a daemon that does not want to know, and lets everybody do everything. */
    Caller(Metering metering, AuditLog audit, AuditLog.Doer nobody) {
        this.metering = metering;
        this.access = Optional.empty();
        this.identity = Optional.empty();
        this.audit = audit;
        this.doer = nobody;
    }

    private Caller(Caller before, Access access, Identity identity) {
        this.access = Optional.of(access);
        this.identity = Optional.of(identity);
        this.metering = before.metering;
        this.audit = before.audit;
        this.doer =
                new AuditLog.Doer(
                        before.doer.connection(),
                        before.doer.from(),
                        identity.principal(),
                        identity.how());
    }

    /** The same, who is known now. */
    Caller known(Access by, Identity as) {
        return new Caller(this, by, as);
    }

    /** Something that it does begins, to be counted and written down at its end. */
    AuditEntry begin(String verb, String name) {
        return new AuditEntry(metering, audit, doer, verb, name);
    }

    /** Writes down that it has come, or how it was refused. */
    void came(String result) {
        audit.write(doer, new AuditLog.Deed("connect", "", result, 0, 0));
    }

    /** Its name; empty for anybody. */
    String principal() {
        return identity.map(Identity::principal).orElse("");
    }

    boolean isAnybody() {
        return access.isEmpty();
    }

    /** What it may do, in lines to be read. */
    List<String> grants() {
        return access.isEmpty() ? List.of() : rules().grants(principal());
    }

    /** Whether it would still be let in, as the same. */
    boolean isStillGood() {
        return access.isEmpty() || access.get().isStillGood(identity.orElseThrow());
    }

    /** As whom it saves; what is reserved is for who may administer the name. */
    Saver saver(String name) {
        return access.isEmpty() ? Saver.NOBODY : new Saver(principal(), may(Verb.ADMIN, name));
    }

    boolean may(Verb verb, String name) {
        return access.isEmpty() || rules().allows(principal(), verb, name);
    }

    /** As whom it asks what became of a save: it may give up open ones of its own. */
    Asker asker() {
        return isAdministrator() ? Asker.ANYBODY : new Asker(principal(), principal()::equals);
    }

    /** Whether it is to see and do everything that an operator does. */
    boolean isAdministrator() {
        return access.isEmpty() || rules().allowsAll(principal(), Verb.ADMIN);
    }

    /**
     * @throws StoreException ENOENT for a name that it may not see, EACCES for one that it may
     */
    void require(Verb verb, String name) {
        if (!may(verb, name)) {
            throw refusal(verb, name);
        }
    }

    /** As {@link #require}, where either will do. */
    void requireEither(Verb verb, Verb other, String name) {
        if (!may(verb, name) && !may(other, name)) {
            throw refusal(verb, name);
        }
    }

    private StoreException refusal(Verb verb, String name) {
        return rules().sees(principal(), name) ? notAllowed(verb, name) : unseen(name);
    }

    /**
     * @param claimedName of the quarantined node at this frame; empty: there is none
     * @throws StoreException ENOENT where there is none, or none for it to see
     */
    void requireQuarantined(long pfn, Optional<String> claimedName) {
        if (!isAnybody() && claimedName.filter(name -> may(Verb.ADMIN, name)).isEmpty()) {
            throw StoreException.of(Errno.ENOENT, "no quarantined node at this frame: pfn=" + pfn);
        }
    }

    /**
     * Whether there can be a name with that prefix for this verb.
     *
     * @throws StoreException EACCES where it sees names with that prefix, but may not do this
     */
    boolean requireSome(Verb verb, String prefix) {
        if (access.isEmpty() || rules().allowsSome(principal(), verb, prefix)) {
            return true;
        }
        if (rules().seesSome(principal(), prefix)) {
            throw notAllowed(verb, prefix);
        }
        return false;
    }

    /**
     * @throws StoreException EACCES
     */
    void requireAdministrator() {
        if (!isAdministrator()) {
            throw notAllowed(Verb.ADMIN, "");
        }
    }

    StoreException unseen(String name) {
        return StoreException.of(
                Errno.ENOENT, "no such name for principal " + principal() + ": name=" + name);
    }

    private StoreException notAllowed(Verb verb, String name) {
        return StoreException.of(
                Errno.EACCES,
                "not allowed: principal="
                        + principal()
                        + " verb="
                        + verb.word()
                        + (name.isEmpty() ? "" : " name=" + name));
    }

    private AccessRules rules() {
        return access.orElseThrow().rules();
    }
}
