package io.pramd.client;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Thread-safe: what connections inside TLS begin with, made anew when its files have changed. */
final class TlsContexts {
    private static final byte[] SIGNED = {1, 2, 3};

    private final PemFile trust; // null: whom the JVM trusts
    private final PemFile certificate; // null: none
    private final PemFile key;
    private final String[] versions;
    private List<FileStamp> stamps; // guarded by this
    private SslContext context; // guarded by this

    TlsContexts(PramTls tls) {
        trust =
                tls.trust()
                        .map(path -> new PemFile(new CredentialFile("trust", path)))
                        .orElse(null);
        certificate =
                tls.certificate()
                        .map(path -> new PemFile(new CredentialFile("certificate", path)))
                        .orElse(null);
        key = tls.key().map(path -> new PemFile(new CredentialFile("key", path))).orElse(null);
        versions =
                tls.minimum() == PramTls.Version.TLS_1_2
                        ? new String[] {"TLSv1.3", "TLSv1.2"}
                        : new String[] {"TLSv1.3"};
    }

    /** Whether there is a certificate to show. */
    boolean hasCertificate() {
        return certificate != null;
    }

    /**
     * For the next connection.
     *
     * @throws IllegalArgumentException that names the file that is missing or wrong
     */
    synchronized SslContext current() {
        List<FileStamp> now =
                Stream.of(trust, certificate, key)
                        .filter(file -> file != null)
                        .map(PemFile::stamp)
                        .toList();
        if (!now.equals(stamps)) {
            context = build();
            stamps = now;
        }
        return context;
    }

    private SslContext build() {
        // the JDK's on purpose: no native library, in the shaded jar neither
        SslContextBuilder builder =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .endpointIdentificationAlgorithm("HTTPS")
                        .protocols(versions);
        if (trust != null) {
            builder.trustManager(trust.certificates());
        }
        if (certificate != null) {
            X509Certificate[] chain = certificate.certificates();
            PrivateKey own = key.key();
            requirePair(own, chain[0].getPublicKey());
            builder.keyManager(own, chain);
        }
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalArgumentException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /** Else the daemon would refuse them with no more than "bad certificate". */
    private void requirePair(PrivateKey own, PublicKey shown) {
        boolean isPair;
        try {
            String algorithm =
                    switch (own.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> "EdDSA";
                    };
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(own);
            signature.update(SIGNED);
            byte[] signed = signature.sign();
            signature.initVerify(shown);
            signature.update(SIGNED);
            isPair = signature.verify(signed);
        } catch (GeneralSecurityException e) {
            isPair = false; // of another type, above all
        }
        if (!isPair) {
            throw key.invalid("it is not the key of the certificate", null);
        }
    }
}
