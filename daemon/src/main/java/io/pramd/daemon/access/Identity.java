package io.pramd.daemon.access;

import io.pramd.daemon.memory.Printable;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/** Immutable. Who somebody turned out to be, and by what. */
public record Identity(String principal, Way way) {

    /** Immutable. By what somebody is known. */
    public sealed interface Way {}

    /** By a token of this id. */
    public record ByToken(String id) implements Way {}

    /** By a certificate. */
    public record ByCertificate(X500Principal subject) implements Way {}

    /**
     * By the user, or else the group.
     *
     * @param isByUid false when the group has decided
     */
    public record ByUser(int uid, int gid, boolean isByUid) implements Way {}

    /** By nothing, on this machine. */
    public record ByEveryone() implements Way {}

    /** The id of the token, if it was one. */
    public Optional<String> tokenId() {
        return way instanceof ByToken byToken ? Optional.of(byToken.id()) : Optional.empty();
    }

    /** For logs and audit lines, in one line: {@code token 0f3a...}, {@code uid 1001}. */
    public String how() {
        return switch (way) {
            case ByToken byToken -> "token " + byToken.id();
            case ByCertificate byCertificate ->
                    "certificate " + Printable.of(byCertificate.subject().getName());
            case ByUser user when user.isByUid() -> "uid " + Integer.toUnsignedString(user.uid());
            case ByUser user -> "gid " + Integer.toUnsignedString(user.gid());
            case ByEveryone none -> "everyone";
        };
    }
}
