package io.pramd.client;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Immutable: says in words what failed in TLS with one daemon, and whether another attempt may do
 * better.
 */
final class TlsFailure {
    private static final Pattern ALERT = Pattern.compile("fatal alert: (\\w+)");

    /** What a daemon says that does not want this client's certificate. */
    private static final Set<String> ALERTS_ON_CERTIFICATES =
            Set.of(
                    "bad_certificate",
                    "unsupported_certificate",
                    "certificate_revoked",
                    "certificate_expired",
                    "certificate_unknown",
                    "unknown_ca",
                    "access_denied");

    private final PramUri daemon;
    private final boolean showsCertificate;
    private final boolean speaksTls12;

    TlsFailure(PramUri daemon, boolean showsCertificate, boolean speaksTls12) {
        this.daemon = daemon;
        this.showsCertificate = showsCertificate;
        this.speaksTls12 = speaksTls12;
    }

    ConnectionLost ofHandshake(Throwable cause) {
        if (cause instanceof ClosedChannelException) {
            return new ConnectionLost("closed by the daemon before TLS had begun", cause);
        }
        return of(cause);
    }

    ConnectionLost of(Throwable caught) {
        Throwable cause =
                caught instanceof DecoderException && caught.getCause() != null
                        ? caught.getCause()
                        : caught;
        if (!(cause instanceof SSLException)) {
            return new ConnectionLost("connection lost: " + cause.getMessage(), cause);
        }
        if (cause instanceof NotSslRecordException) {
            return ConnectionLost.untrusted("what listens there speaks without TLS", cause);
        }
        CertificateException certificate = find(cause, CertificateException.class);
        if (certificate != null) {
            return ConnectionLost.untrusted(ofCertificate(certificate), cause);
        }
        Matcher alert = ALERT.matcher(String.valueOf(cause.getMessage()));
        String refused = alert.find() ? ofAlert(alert.group(1)) : null;
        return refused == null
                ? new ConnectionLost("TLS failed: " + cause.getMessage(), cause)
                : ConnectionLost.untrusted(refused, cause);
    }

    private String ofCertificate(CertificateException why) {
        if (find(why, CertificateExpiredException.class) != null) {
            return "the daemon's certificate has expired: " + reason(why);
        }
        if (find(why, CertificateNotYetValidException.class) != null) {
            return "the daemon's certificate is not valid yet: " + reason(why);
        }
        boolean isUntrusted =
                find(why, CertPathBuilderException.class) != null
                        || find(why, CertPathValidatorException.class) != null;
        return isUntrusted
                ? "the daemon's certificate is not trusted: " + reason(why)
                : "the daemon's certificate is not for this host: host="
                        + daemon.host()
                        + ": "
                        + reason(why);
    }

    /** Null: another attempt may do better. */
    private String ofAlert(String alert) {
        if (alert.equals("protocol_version")) {
            return speaksTls12
                    ? "the daemon speaks without TLS there: use pram://"
                    : "the daemon speaks without TLS there, or at most TLS 1.2: use pram://, or"
                            + " allow 1.2";
        }
        if (alert.equals("certificate_required") && showsCertificate) {
            return "the daemon wants a certificate of this client by another authority: alert="
                    + alert; // it names those that it takes, and then ours is not even shown
        }
        if (alert.equals("certificate_required")
                || !showsCertificate && ALERTS_ON_CERTIFICATES.contains(alert)) {
            return "the daemon wants a certificate of this client: alert=" + alert;
        }
        if (ALERTS_ON_CERTIFICATES.contains(alert)) {
            return "the daemon refuses the certificate of this client: alert=" + alert;
        }
        if (alert.equals("handshake_failure") || alert.equals("insufficient_security")) {
            return "the daemon speaks no TLS that this client speaks"
                    + (showsCertificate ? "" : ", or wants a certificate")
                    + ": alert="
                    + alert;
        }
        return alert.equals("unrecognized_name")
                ? "the daemon is not for this host: host=" + daemon.host()
                : null;
    }

    /** The innermost text says most. */
    private static String reason(Throwable why) {
        Throwable last = why;
        while (last.getCause() != null && last.getCause() != last) {
            last = last.getCause();
        }
        return String.valueOf(last.getMessage());
    }

    private static <T extends Throwable> T find(Throwable from, Class<T> type) {
        for (Throwable t = from; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return type.cast(t);
            }
        }
        return null;
    }
}
