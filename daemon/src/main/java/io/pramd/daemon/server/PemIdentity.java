package io.pramd.daemon.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Immutable: certificates and the key of the first of them, read from two files that may be changed
 * one behind the other. That they fit each other is tried, by a signature: TLS would take a pair
 * that does not, and every client refuse it.
 */
record PemIdentity(PrivateKey key, X509Certificate... certificates) {
    private static final Pattern CERTIFICATE = block("CERTIFICATE");
    private static final Pattern KEY = block("PRIVATE KEY");
    private static final byte[] SIGNED = "pramd".getBytes(StandardCharsets.US_ASCII);

    /** By the algorithm of the key; others are not tried. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    private static Pattern block(String what) {
        return Pattern.compile(
                "-----BEGIN " + what + "-----([A-Za-z0-9+/=\\s]+)-----END " + what + "-----");
    }

    /**
     * @throws GeneralSecurityException when one of them is wrong, or they do not fit each other
     */
    static PemIdentity read(Path certificateFile, Path keyFile)
            throws IOException, GeneralSecurityException {
        X509Certificate[] certificates = certificates(certificateFile);
        PublicKey owner = certificates[0].getPublicKey();
        PrivateKey key = key(keyFile, owner.getAlgorithm());
        requirePair(key, owner);
        return new PemIdentity(key, certificates);
    }

    private static X509Certificate[] certificates(Path file)
            throws IOException, GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> found = new ArrayList<>();
        for (byte[] der : blocks(CERTIFICATE, file)) {
            ByteArrayInputStream in = new ByteArrayInputStream(der);
            found.add((X509Certificate) factory.generateCertificate(in));
        }
        if (found.isEmpty()) {
            throw new CertificateException("there is no certificate in the file");
        }
        return found.toArray(X509Certificate[]::new);
    }

    private static PrivateKey key(Path file, String algorithm)
            throws IOException, GeneralSecurityException {
        List<byte[]> found = blocks(KEY, file);
        if (found.size() != 1) {
            throw new InvalidKeySpecException(
                    "one key is expected in the file: found=" + found.size());
        }
        byte[] der = found.getFirst();
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (InvalidKeySpecException e) {
            throw new InvalidKeySpecException(
                    "not a key for the certificate: algorithm=" + algorithm); // e may have the key
        } finally {
            Arrays.fill(der, (byte) 0);
        }
    }

    private static List<byte[]> blocks(Pattern block, Path file) throws IOException {
        List<byte[]> found = new ArrayList<>();
        Matcher matcher = block.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            found.add(Base64.getMimeDecoder().decode(matcher.group(1)));
        }
        return found;
    }

    private static void requirePair(PrivateKey key, PublicKey owner)
            throws GeneralSecurityException {
        String algorithm = SIGNATURES.get(owner.getAlgorithm());
        if (algorithm == null) {
            return;
        }
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(SIGNED);
        byte[] signature = signing.sign();
        signing.initVerify(owner);
        signing.update(SIGNED);
        if (!signing.verify(signature)) {
            throw new InvalidKeyException("the key is not that of the certificate");
        }
    }
}
