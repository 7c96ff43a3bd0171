package io.pramd.daemon.access;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Immutable. What the tokens file keeps of a secret: a slow hash, which tells whoever reads the
 * file next to nothing. Written as {@code $pbkdf2-sha256$i=600000$salt$hash}, in base64 without
 * padding.
 */
public final class TokenHash {
    static final int ITERATIONS = 600_000;
    static final int ITERATIONS_MIN = 100_000;
    static final int ITERATIONS_MAX = 10_000_000;
    static final String EXPECTED =
            "$pbkdf2-sha256$i=" + ITERATIONS_MIN + ".." + ITERATIONS_MAX + "$SALT$HASH";

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final Pattern TEXT =
            Pattern.compile(
                    "\\$pbkdf2-sha256\\$i=([1-9]\\d{5,7})"
                            + "\\$([A-Za-z0-9+/]{22})\\$([A-Za-z0-9+/]{43})");

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private TokenHash(int iterations, byte[] salt, byte[] hash) {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    /** Takes part of a second, by intent. */
    static TokenHash of(byte[] secret, int iterations, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new TokenHash(iterations, salt, compute(secret, salt, iterations));
    }

    /** Reads what {@link #text} wrote. */
    static Optional<TokenHash> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int iterations = Integer.parseInt(matcher.group(1));
        if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
            return Optional.empty();
        }
        Base64.Decoder base64 = Base64.getDecoder();
        TokenHash read =
                new TokenHash(
                        iterations,
                        base64.decode(matcher.group(2)),
                        base64.decode(matcher.group(3)));
        // the last character has bits that no byte takes: only one spelling counts
        return read.text().equals(text) ? Optional.of(read) : Optional.empty();
    }

    String text() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$pbkdf2-sha256$i="
                + iterations
                + "$"
                + base64.encodeToString(salt)
                + "$"
                + base64.encodeToString(hash);
    }

    /** Whether it is the hash of this secret; takes part of a second, by intent. */
    boolean isOf(byte[] secret) {
        return MessageDigest.isEqual(hash, compute(secret, salt, iterations));
    }

    private static byte[] compute(byte[] secret, byte[] salt, int iterations) {
        char[] characters = new char[secret.length];
        for (int i = 0; i < secret.length; i++) {
            characters[i] = (char) (secret[i] & 0xFF);
        }
        PBEKeySpec spec = new PBEKeySpec(characters, salt, iterations, HASH_BYTES * Byte.SIZE);
        Arrays.fill(characters, (char) 0);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has PBKDF2", e);
        } finally {
            spec.clearPassword();
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenHash that
                && iterations == that.iterations
                && Arrays.equals(salt, that.salt)
                && Arrays.equals(hash, that.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(salt);
    }

    /** Without the hash: it has no business in a log. */
    @Override
    public String toString() {
        return "pbkdf2-sha256 i=" + iterations;
    }
}
