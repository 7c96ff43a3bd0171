package io.pramd.daemon.access;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Immutable. Any text as a rules file or a tokens file, as the first byte says: refused with a
 * place, or read to the same again. Or any bytes as a token, which nobody has been issued.
 */
public final class AccessFuzz {
    private static final Path FILE = Path.of("file");
    private static final int KINDS = 3;

    private AccessFuzz() {}

    /** The entry that the fuzzer looks for. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        String text = new String(rest, StandardCharsets.UTF_8);
        try {
            switch (Byte.toUnsignedInt(input[0]) % KINDS) {
                case 0 -> rules(text);
                case 1 -> tokens(text);
                default -> token(rest);
            }
        } catch (StoreException e) {
            checkRefusal(e);
        }
    }

    private static void rules(String text) {
        AccessRules rules = RulesFile.parse(FILE, text);
        AccessRules again = RulesFile.parse(FILE, text);
        if (!rules.quotas().equals(again.quotas())
                || rules.principalCount() != again.principalCount()) {
            throw new AssertionError("read twice and not the same: " + text);
        }
        for (String principal : rules.quotas().principals().keySet()) {
            if (!rules.has(principal) || rules.grants(principal).size() > text.length()) {
                throw new AssertionError("a quota of nobody: " + principal);
            }
        }
    }

    private static void tokens(String text) {
        List<IssuedToken> tokens = TokensFile.parse(FILE, text);
        String written = String.join("\n", tokens.stream().map(IssuedToken::line).toList());
        if (!tokens.equals(TokensFile.parse(FILE, written))) {
            throw new AssertionError("written as " + written + " and not read as the same");
        }
    }

    private static void token(byte[] bytes) {
        try (TokenVerifier verifier = new TokenVerifier(new RefusalLog(System::nanoTime))) {
            if (!verifier.verify(bytes, 0).isCompletedExceptionally()) {
                throw new AssertionError("somebody was let in");
            }
        }
        for (byte left : bytes) {
            if (left != 0) {
                throw new AssertionError("a token was not zeroed");
            }
        }
    }

    private static void checkRefusal(StoreException e) {
        String message = e.getMessage();
        boolean isPlaced = message.contains("file:") || message.contains("file=");
        boolean isOneLine = message.chars().noneMatch(Character::isISOControl);
        if (e.errno() != Errno.EINVAL || !isPlaced || !isOneLine) {
            throw new AssertionError("not how a file is refused: " + message, e);
        }
    }
}
