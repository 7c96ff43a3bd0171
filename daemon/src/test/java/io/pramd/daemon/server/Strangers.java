package io.pramd.daemon.server;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HexFormat;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/** Immutable: what those need who come to a daemon that does not know them. */
final class Strangers {
    private static final String PRIVATE_EXTENSION = "1.3.6.1.4.1.99999.1";

    private Strangers() {}

    static byte[] hex(String bytes) {
        return HexFormat.of().parseHex(bytes.replace(" ", ""));
    }

    /** Reads to the end, however that comes. */
    static void takeAll(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            byte[] some = new byte[8192];
            while (in.read(some) >= 0) {}
        } catch (IOException e) {
            // reset, or the end of TLS
        }
    }

    /** Of a client that trusts that authority, and has nothing to show. */
    static SSLContext trusting(Path authority) throws GeneralSecurityException, IOException {
        return context(authority, null);
    }

    /** Of a client that shows a certificate of that size, so many times. */
    static SSLContext showing(Path authority, int count, int bytes) throws Exception {
        X509Bundle large =
                new CertificateBuilder()
                        .subject("CN=a")
                        .setIsCertificateAuthority(true)
                        .addExtensionOctetString(PRIVATE_EXTENSION, false, new byte[bytes])
                        .ecp256()
                        .buildSelfSigned();
        X509Certificate[] chain =
                Collections.nCopies(count, large.getCertificate()).toArray(X509Certificate[]::new);
        return context(authority, new KeyManager[] {new Shower(chain, large)});
    }

    private static SSLContext context(Path authority, KeyManager[] shows)
            throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(authority)) {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            trusted.setCertificateEntry("authority", factory.generateCertificate(in));
        }
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shows, trust.getTrustManagers(), null);
        return context;
    }

    /** Immutable. Shows the same to everybody, whichever authorities they name. */
    private static final class Shower extends X509ExtendedKeyManager {
        private static final String ALIAS = "only";

        private final X509Certificate[] chain;
        private final X509Bundle owner;

        Shower(X509Certificate[] chain, X509Bundle owner) {
            this.chain = chain;
            this.owner = owner;
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String chooseEngineClientAlias(
                String[] types, Principal[] issuers, SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain;
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return owner.getKeyPair().getPrivate();
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }
    }
}
