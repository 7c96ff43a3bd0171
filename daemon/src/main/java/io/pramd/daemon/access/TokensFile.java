package io.pramd.daemon.access;

import io.pramd.daemon.memory.Printable;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.settings.Problems;
import io.pramd.daemon.settings.TextFile;
import io.pramd.protocol.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. The tokens file (docs/security.md): a line for each token, with a hash instead of
 * the secret; blank lines and those that begin with {@code #} are kept and mean nothing.
 */
public final class TokensFile {
    static final String WHAT = "tokens file";

    private static final Logger LOG = LoggerFactory.getLogger(TokensFile.class);
    private static final int BYTES_MAX = 4 << 20;
    private static final String COMMENT = "#";

    private final Path file;

    public TokensFile(Path file) {
        this.file = file;
    }

    /**
     * A token that has just been issued.
     *
     * @param token the only copy of it; whoever has shown it zeroes it
     */
    public record NewToken(String id, byte[] token) {}

    /**
     * All tokens, in the order of the file.
     *
     * @throws StoreException EINVAL with the line of everything that is wrong; EACCES when others
     *     may change it; ENOENT, EACCES or EIO when it cannot be read
     */
    public List<IssuedToken> read() {
        Set<PosixFilePermission> permissions = TextFile.permissions(file, WHAT);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw StoreException.of(
                    Errno.EACCES,
                    "others could add tokens to the tokens file: file="
                            + file
                            + " mend=chmod go-w");
        }
        if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
            LOG.warn("anybody may read the tokens file: file={} mend=chmod o-r", file);
        }
        return parse(file, TextFile.read(file, BYTES_MAX, WHAT));
    }

    /** Reads the text of a file of that name. */
    static List<IssuedToken> parse(Path file, String text) {
        Problems problems = new Problems(file, WHAT);
        Map<String, Integer> lineOfId = new HashMap<>();
        List<IssuedToken> tokens = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            int line = i + 1;
            if (!isToken(lines.get(i))) {
                continue;
            }
            Optional<IssuedToken> token =
                    IssuedToken.parse(
                            lines.get(i),
                            (what, expected, actual) ->
                                    problems.add(
                                            line,
                                            what + ": expected=" + expected + " actual=" + actual));
            if (token.isEmpty()) {
                continue;
            }
            Integer earlier = lineOfId.putIfAbsent(token.get().id(), line);
            if (earlier != null) {
                problems.add(line, "the id is taken: id=" + token.get().id() + " line=" + earlier);
            }
            tokens.add(token.get());
        }
        problems.throwIfAny();
        return List.copyOf(tokens);
    }

    private static boolean isToken(String line) {
        return !line.isBlank() && !line.startsWith(COMMENT);
    }

    /**
     * Issues a token. The file is made when it is missing, for its owner alone.
     *
     * @throws StoreException EINVAL for what is no name of a principal, or as {@link #read}
     */
    public NewToken add(String principal) {
        return add(principal, TokenHash.ITERATIONS);
    }

    NewToken add(String principal, int iterations) {
        if (!Principals.isName(principal)) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "not a name of a principal: expected="
                            + Principals.EXPECTED
                            + " actual="
                            + Printable.of(principal));
        }
        SecureRandom random = new SecureRandom();
        String id = TokenText.newId(random);
        byte[] secret = TokenText.newSecret(random);
        IssuedToken issued =
                new IssuedToken(
                        id,
                        principal,
                        TokenHash.of(secret, iterations, random),
                        Instant.now().truncatedTo(ChronoUnit.SECONDS));
        FileEdit.change(
                file,
                WHAT,
                () -> {
                    List<String> lines = Files.exists(file) ? lines() : new ArrayList<>();
                    lines.add(issued.line());
                    return lines;
                });
        byte[] token = TokenText.join(id, secret);
        Arrays.fill(secret, (byte) 0);
        return new NewToken(id, token);
    }

    /**
     * Takes a token out of the file.
     *
     * @throws StoreException ENOENT for an id that is not there, or as {@link #read}
     */
    public IssuedToken revoke(String id) {
        List<IssuedToken> revoked = new ArrayList<>();
        FileEdit.change(
                file,
                WHAT,
                () -> {
                    for (IssuedToken token : read()) {
                        if (token.id().equals(id)) {
                            revoked.add(token);
                        }
                    }
                    if (revoked.isEmpty()) {
                        throw StoreException.of(
                                Errno.ENOENT,
                                "no such token: id=" + Printable.of(id) + " file=" + file);
                    }
                    List<String> lines = lines();
                    lines.removeIf(line -> isToken(line) && line.startsWith(id + " "));
                    return lines;
                });
        return revoked.getFirst();
    }

    /** The lines as they are, of a file in which nothing is wrong. */
    private List<String> lines() {
        read();
        return new ArrayList<>(TextFile.read(file, BYTES_MAX, WHAT).lines().toList());
    }
}
