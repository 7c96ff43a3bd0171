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
        byte[] token = new TokensFile(file).add(principal, ITERATIONS).token();
        return new String(token, StandardCharsets.US_ASCII);
    }
}
