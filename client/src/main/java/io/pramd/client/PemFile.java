package io.pramd.client;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Immutable: a PEM file of certificates, or of a key. */
final class PemFile {
    private static final int BYTES_MAX = 1 << 20; // the trust store of a whole system is a quarter

    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY--");
    private static final Pattern OTHER_KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----");
    private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA");

    private final CredentialFile file;

    PemFile(CredentialFile file) {
        this.file = file;
    }

    FileStamp stamp() {
        return FileStamp.of(file);
    }

    IllegalArgumentException invalid(String why, Throwable cause) {
        return file.invalid(why, cause);
    }

    /** At least one, in their order. */
    X509Certificate[] certificates() {
        try {
            X509Certificate[] certificates =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(file.read(BYTES_MAX)))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toArray(X509Certificate[]::new);
            if (certificates.length == 0) {
                throw invalid("expected certificates in PEM, found none", null);
            }
            return certificates;
        } catch (CertificateException e) {
            throw invalid("expected certificates in PEM, and cannot read them", e);
        }
    }

    PrivateKey key() {
        String text = new String(file.read(BYTES_MAX), StandardCharsets.ISO_8859_1);
        Matcher found = KEY.matcher(text);
        if (!found.find()) {
            Matcher other = OTHER_KEY.matcher(text);
            throw invalid(
                    "expected a key in PEM of PKCS#8, BEGIN PRIVATE KEY, found "
                            + (other.find() ? "BEGIN " + other.group(1) : "none"),
                    null);
        }
        return key(decoded(found.group(1)));
    }

    private byte[] decoded(String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw invalid("the key is not in Base64", null); // the cause quotes it
        }
    }

    private PrivateKey key(byte[] encoded) {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(encoded);
        for (String type : KEY_TYPES) {
            try {
                return KeyFactory.getInstance(type).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                continue; // of another type
            } catch (GeneralSecurityException e) {
                throw invalid("this JVM knows no " + type, e);
            }
        }
        throw invalid("expected a key of " + String.join(", ", KEY_TYPES), null);
    }
}
