package io.pramd.daemon.access;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Immutable. Tokens for tests that need many: their hashes are as quick as a file may have them.
 */
public final class TestTokens {
    private static final int ITERATIONS = 100_000;

    private TestTokens() {}

    /** Issues a token into that file. */
    public static String issue(Path file, String principal) {
        return issue(file, principal, ITERATIONS);
    }

    /** The same, whose hash takes so long. */
    public static String issue(Path file, String principal, int iterations) {
        byte[] token = new TokensFile(file).add(principal, iterations).token();
        return new String(token, StandardCharsets.US_ASCII);
    }

    /** A token of the same id whose secret is wrong, which only the slow hash can tell. */
    public static String wrong(String token) {
        char last = token.charAt(token.length() - 2);
        return token.substring(0, token.length() - 2)
                + (last == 'A' ? 'B' : 'A')
                + token.charAt(token.length() - 1);
    }
}
