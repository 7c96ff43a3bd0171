package io.pramd.daemon.server;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.handler.ssl.SslHandler;
import io.pramd.daemon.access.Credential;
import io.pramd.protocol.Hello;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Event loop only: what a connection shows to say whose it is. */
final class Credentials {
    private Credentials() {}

    /** The token of its greeting, or else what its transport says. */
    static Credential of(Channel channel, ListenAddress listener, Hello hello) {
        if (hello.authMethod() == Hello.AUTH_TOKEN) {
            return new Credential.Token(hello.authData());
        }
        if (channel instanceof EpollDomainSocketChannel socket) {
            return ofPeer(socket);
        }
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            Optional<Credential> certificate = ofCertificate(tls);
            if (certificate.isPresent()) {
                return certificate.get();
            }
        }
        return new Credential.Nobody(listener.isLocal());
    }

    /**
     * Whether the transport's certificate is not valid any more, or not yet. A TLS session that is
     * taken up again is not asked for one: it shows what it has shown when it began.
     */
    static boolean isOutOfTime(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return false;
        }
        try {
            return isOutOfTime(tls.engine().getSession().getPeerCertificates(), new Date());
        } catch (SSLPeerUnverifiedException e) {
            return false; // there is none
        }
    }

    static boolean isOutOfTime(Certificate[] chain, Date now) {
        for (Certificate each : chain) {
            try {
                if (each instanceof X509Certificate certificate) {
                    certificate.checkValidity(now);
                }
            } catch (CertificateExpiredException | CertificateNotYetValidException e) {
                return true;
            }
        }
        return false;
    }

    private static Credential ofPeer(EpollDomainSocketChannel socket) {
        try {
            PeerCredentials peer = socket.peerCredentials();
            int[] groups = peer.gids();
            return groups.length == 0
                    ? new Credential.Nobody(false)
                    : new Credential.User(peer.uid(), groups[0]);
        } catch (IOException e) {
            return new Credential.Nobody(false); // gone already, or of a kernel that does not say
        }
    }

    private static Optional<Credential> ofCertificate(SslHandler tls) {
        try {
            return tls.engine().getSession().getPeerCertificates()[0]
                            instanceof X509Certificate certificate
                    ? Optional.of(new Credential.Certificate(certificate.getSubjectX500Principal()))
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty(); // none was asked for, or none was shown
        }
    }
}
