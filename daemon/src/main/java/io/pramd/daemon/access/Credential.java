package io.pramd.daemon.access;

import javax.security.auth.x500.X500Principal;

/** Immutable. What somebody shows to say who it is. */
public sealed interface Credential {

    /**
     * A token, as it was issued.
     *
     * @param token whoever takes the credential zeroes it
     */
    record Token(byte[] token) implements Credential {
        /** Without the token. */
        @Override
        public String toString() {
            return "token";
        }
    }

    /** A client certificate that TLS has verified. */
    record Certificate(X500Principal subject) implements Credential {}

    /**
     * Who the kernel says is at the other end of a Unix socket.
     *
     * @param uid unsigned
     * @param gid unsigned
     */
    record User(int uid, int gid) implements Credential {}

    /**
     * Nothing at all.
     *
     * @param isLocal whether it comes by way of loopback or a Unix socket
     */
    record Nobody(boolean isLocal) implements Credential {}
}
