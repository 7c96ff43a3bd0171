package io.pramd.daemon.access;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Immutable. How a token looks: {@code pram_}, its id in 16 hex digits, {@code _}, and the secret,
 * 32 random bytes in 43 characters of base64url. It is kept as bytes, so that it can be zeroed.
 */
final class TokenText {
    private static final byte[] PREFIX = "pram_".getBytes(StandardCharsets.US_ASCII);
    private static final int ID_BYTES = 8;
    private static final int ID_CHARACTERS = 2 * ID_BYTES;
    private static final int SECRET_BYTES = 32;
    private static final int SECRET_CHARACTERS = 43;
    private static final int SECRET_OFFSET = PREFIX.length + ID_CHARACTERS + 1;
    static final int BYTES = SECRET_OFFSET + SECRET_CHARACTERS;

    static final Pattern ID = Pattern.compile("[0-9a-f]{" + ID_CHARACTERS + "}");

    private static final byte SEPARATOR = '_';

    private TokenText() {}

    static String newId(SecureRandom random) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** A new secret, as it stands in the token. The caller zeroes it. */
    static byte[] newSecret(SecureRandom random) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        byte[] secret = Base64.getUrlEncoder().withoutPadding().encode(bytes);
        Arrays.fill(bytes, (byte) 0);
        return secret;
    }

    /** The token, for the one who gets it. */
    static byte[] join(String id, byte[] secret) {
        byte[] token = Arrays.copyOf(PREFIX, BYTES);
        byte[] idBytes = id.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(idBytes, 0, token, PREFIX.length, ID_CHARACTERS);
        token[SECRET_OFFSET - 1] = SEPARATOR;
        System.arraycopy(secret, 0, token, SECRET_OFFSET, SECRET_CHARACTERS);
        return token;
    }

    /** Whether it could be a token at all. */
    static boolean isWellFormed(byte[] token) {
        return token.length == BYTES
                && Arrays.equals(token, 0, PREFIX.length, PREFIX, 0, PREFIX.length)
                && token[SECRET_OFFSET - 1] == SEPARATOR
                && ID.matcher(id(token)).matches();
    }

    /** The id of a token of the right length. */
    static String id(byte[] token) {
        return new String(token, PREFIX.length, ID_CHARACTERS, StandardCharsets.US_ASCII);
    }

    /** A copy of a token's secret. The caller zeroes it. */
    static byte[] secret(byte[] token) {
        return Arrays.copyOfRange(token, SECRET_OFFSET, token.length);
    }
}
