package io.pramd.daemon.server;

/**
 * Immutable: what a server asks of those who connect, and so where it may listen. This machine
 * alone may connect without any of it; from elsewhere nobody may, unless somebody takes that on
 * himself.
 *
 * @param insecure whether listeners beyond loopback may be open to anybody
 * @param hasTls whether there is a certificate to show
 * @param asksWho whether nobody is served who is not known, by rules or by a certificate of his own
 */
public record Stance(boolean insecure, boolean hasTls, boolean asksWho) {
    /**
     * @throws IllegalArgumentException with a text for the user
     */
    public void requireMayListen(ListenAddress address) {
        if (address.isTls() && !hasTls) {
            throw new IllegalArgumentException(
                    "listener "
                            + address
                            + " needs a certificate and its key: --tls-cert and --tls-key");
        }
        if (address.isLocal() || insecure || address.isTls() && asksWho) {
            return;
        }
        String lacks =
                address.isTls()
                        ? "nobody is asked who he is: --access or --tls-client-ca asks"
                        : "nothing is encrypted: prams:// is";
        throw new IllegalArgumentException(
                "listener "
                        + address
                        + " is beyond loopback, where anybody could read and remove: "
                        + lacks
                        + "; --insecure allows it all the same");
    }
}
