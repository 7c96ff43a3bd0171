package io.pramd.daemon.access;

import io.pramd.daemon.access.Identity.ByCertificate;
import io.pramd.daemon.access.Identity.ByEveryone;
import io.pramd.daemon.access.Identity.ByToken;
import io.pramd.daemon.access.Identity.ByUser;
import io.pramd.daemon.memory.Printable;
import io.pramd.daemon.memory.StoreException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Who may come in, and what the rules are: as the two files say it, which are read
 * again when they change. A file that is broken then changes nothing: what was read last stays in
 * force, and {@link #fault} says so.
 */
public final class Access implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Access.class);

    private final Path rulesFile;
    private final Optional<Path> tokensFile;
    private final WatchedFiles watched;
    private final RefusalLog refusals;
    private final TokenVerifier verifier;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile AccessRules rules;
    private volatile String rulesFault = "";
    private volatile String tokensFault = "";
    private volatile long rereads;

    private Access(
            Path rulesFile,
            Optional<Path> tokensFile,
            WatchedFiles watched,
            LongSupplier nanoTime) {
        this.rulesFile = rulesFile;
        this.tokensFile = tokensFile;
        this.watched = watched;
        refusals = new RefusalLog(nanoTime);
        verifier = new TokenVerifier(refusals);
    }

    /**
     * Reads both files, and from now on looks after them.
     *
     * @param tokensFile empty: nobody comes in by a token
     * @throws StoreException EINVAL with the line of everything that is wrong; EACCES when others
     *     may change a file; ENOENT, EACCES or EIO when it cannot be read
     */
    public static Access open(Path rulesFile, Optional<Path> tokensFile) {
        return open(rulesFile, tokensFile, WatchedFiles.start("pramd-access"), System::nanoTime);
    }

    /** With files that are looked at, and a clock that goes, when the caller says so. */
    static Access open(
            Path rulesFile,
            Optional<Path> tokensFile,
            WatchedFiles watched,
            LongSupplier nanoTime) {
        Access access = new Access(rulesFile, tokensFile, watched, nanoTime);
        try {
            access.begin();
        } catch (RuntimeException e) {
            access.close();
            throw e;
        }
        return access;
    }

    private void begin() {
        // first, so that a change behind the reading is not missed
        watched.watch(List.of(rulesFile), this::rereadRules);
        tokensFile.ifPresent(file -> watched.watch(List.of(file), this::rereadTokens));
        watched.onEveryLook(refusals::endSecond);
        rules = AccessRules.read(rulesFile);
        tokensFile.ifPresent(file -> verifier.replace(new TokensFile(file).read()));
        warn();
        LOG.info(
                "rules read: file={} principals={} tokens={}",
                rulesFile,
                rules.principalCount(),
                verifier.tokenCount());
    }

    /** Of what is no fault, and hardly meant. */
    private void warn() {
        if (tokensFile.isEmpty() && rules.expectsTokens()) {
            LOG.warn("no file of tokens is given, and some are to come in by one: {}", rulesFile);
        }
        if (!rules.hasAdministrator()) {
            LOG.warn("nobody is an administrator, with admin for the prefix \"\": {}", rulesFile);
        }
        verifier.principals().stream()
                .filter(principal -> !rules.mayUseToken(principal))
                .forEach(
                        principal ->
                                LOG.warn("tokens that let nobody in: principal={}", principal));
    }

    private void rereadRules() {
        rulesFault = reread(rulesFile, () -> rules = AccessRules.read(rulesFile));
        tellIfGood(rulesFault);
    }

    private void rereadTokens() {
        Path file = tokensFile.orElseThrow();
        tokensFault = reread(file, () -> verifier.replace(new TokensFile(file).read()));
        tellIfGood(tokensFault);
    }

    private String reread(Path file, Runnable read) {
        try {
            read.run();
        } catch (StoreException e) {
            LOG.error("what was read before stays in force: {}", e.getMessage());
            return e.getMessage();
        }
        LOG.info(
                "read again: file={} principals={} tokens={}",
                file,
                rules.principalCount(),
                verifier.tokenCount());
        return "";
    }

    private void tellIfGood(String fault) {
        if (!fault.isEmpty()) {
            return;
        }
        rereads++;
        warn();
        listeners.forEach(WatchedFiles::run);
    }

    /** The rules in force. Asked for anew at every decision. */
    public AccessRules rules() {
        return rules;
    }

    /** What is wrong with a file as it is now; empty when nothing is. */
    public String fault() {
        return rulesFault.isEmpty() || tokensFault.isEmpty()
                ? rulesFault + tokensFault
                : rulesFault + "; " + tokensFault;
    }

    /** Called behind each successful rereading, on the thread that has read; must not block it. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Tells who somebody is. A token is zeroed.
     *
     * @return done at once, but for a token that is shown for the first time, which is answered on
     *     a thread of this object; fails with a {@link StoreException}: EACCES with the same text
     *     whatever is wrong, or EAGAIN when too many tokens are being verified
     */
    public CompletableFuture<Identity> authenticate(Credential credential) {
        return authenticate(credential, 0);
    }

    /**
     * As {@link #authenticate(Credential)}.
     *
     * @param connection by which it comes, for the log; 0: none that has a number
     */
    public CompletableFuture<Identity> authenticate(Credential credential, long connection) {
        return switch (credential) {
            case Credential.Token token -> byToken(token.token(), connection);
            case Credential.Certificate certificate -> byCertificate(certificate, connection);
            case Credential.User user -> byUser(user, connection);
            case Credential.Nobody nobody when nobody.isLocal() ->
                    byEveryone("no credential, and no principal is everyone", connection);
            case Credential.Nobody nobody -> refuse("no credential", connection);
        };
    }

    private CompletableFuture<Identity> byToken(byte[] token, long connection) {
        CompletableFuture<Identity> answer = new CompletableFuture<>();
        verifier.verify(token, connection)
                .whenComplete(
                        (verified, failure) -> {
                            if (failure != null) {
                                answer.completeExceptionally(failure);
                            } else if (!rules.mayUseToken(verified.principal())) {
                                answer.completeExceptionally(
                                        refusals.refuse(
                                                "the rules give principal="
                                                        + verified.principal()
                                                        + " no token: id="
                                                        + verified.tokenId(),
                                                connection));
                            } else {
                                answer.complete(
                                        new Identity(
                                                verified.principal(),
                                                new ByToken(verified.tokenId())));
                            }
                        });
        return answer;
    }

    private CompletableFuture<Identity> byCertificate(
            Credential.Certificate certificate, long connection) {
        return rules.byCertificate(certificate.subject())
                .map(principal -> letIn(principal, new ByCertificate(certificate.subject())))
                .orElseGet(
                        () ->
                                refuse(
                                        "unknown certificate subject="
                                                + Printable.of(certificate.subject().getName()),
                                        connection));
    }

    private CompletableFuture<Identity> byUser(Credential.User user, long connection) {
        AccessRules now = rules;
        boolean isByUid = now.isNamedByUid(user.uid());
        return now.byUser(user.uid(), user.gid())
                .map(principal -> letIn(principal, new ByUser(user.uid(), user.gid(), isByUid)))
                .orElseGet(
                        () ->
                                byEveryone(
                                        "unknown uid="
                                                + Integer.toUnsignedString(user.uid())
                                                + " gid="
                                                + Integer.toUnsignedString(user.gid()),
                                        connection));
    }

    private CompletableFuture<Identity> byEveryone(String causeIfNobodyIs, long connection) {
        return rules.everyone()
                .map(principal -> letIn(principal, new ByEveryone()))
                .orElseGet(() -> refuse(causeIfNobodyIs, connection));
    }

    private static CompletableFuture<Identity> letIn(String principal, Identity.Way way) {
        return CompletableFuture.completedFuture(new Identity(principal, way));
    }

    private CompletableFuture<Identity> refuse(String cause, long connection) {
        return CompletableFuture.failedFuture(refusals.refuse(cause, connection));
    }

    /** Whether somebody who came in as that would today, by the same way. */
    public boolean isStillGood(Identity identity) {
        AccessRules now = rules;
        String principal = identity.principal();
        Optional<String> today =
                switch (identity.way()) {
                    case ByToken token when verifier.isIssued(token.id(), principal) ->
                            Optional.of(principal).filter(now::mayUseToken);
                    case ByToken token -> Optional.empty();
                    case ByCertificate certificate -> now.byCertificate(certificate.subject());
                    case ByUser user -> now.byUser(user.uid(), user.gid());
                    case ByEveryone everyone -> now.everyone();
                };
        return today.filter(principal::equals).isPresent();
    }

    /** Figures for the operator. */
    public Map<String, Object> info() {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("access.principals", (long) rules.principalCount());
        info.put("access.tokens", (long) verifier.tokenCount());
        info.put("access.rereads", rereads);
        info.put("access.fault", fault());
        return info;
    }

    /** Reads no more; tokens that are waiting to be verified get EAGAIN. */
    @Override
    public void close() {
        watched.close();
        verifier.close();
    }
}
