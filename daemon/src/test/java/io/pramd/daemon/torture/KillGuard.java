package io.pramd.daemon.torture;

import io.pramd.daemon.fixture.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * One owner. What guards a daemon, kept as an operator keeps it: rules, tokens and certificates,
 * which are renewed while they are used. The tokens file is written by what docs/security.md says
 * of it, with as few iterations as are honoured: a life is short.
 */
final class KillGuard {
    static final String OPERATOR = "operator";

    /** Comes in over the Unix socket as the user that runs all this. */
    static final String KNOWN_BY_USER = "client2-1";

    static final String AUTHORITY = "authority.pem";

    /** Names the folder of the newest certificates of clients. */
    static final String CURRENT = "current";

    private static final int ITERATIONS = 100_000;
    private static final int HASH_BITS = 256;

    private final Path folder;
    private final List<String> principals;
    private final Certificates certificates;
    private final SecureRandom random = new SecureRandom();

    /** Lines of the tokens file; the last one of each principal is given out. */
    private final Map<String, String> lines = new LinkedHashMap<>();

    private final Map<String, byte[]> kept = new LinkedHashMap<>();
    private int generation;

    private KillGuard(Path folder, List<String> workers) {
        this.folder = folder;
        this.principals = new ArrayList<>(workers);
        this.principals.add(OPERATOR);
        this.certificates = Certificates.in(folder);
    }

    /** Made anew, in a folder of its own. */
    static KillGuard in(Path folder, List<String> workers) throws IOException {
        KillGuard guard = new KillGuard(folder, workers);
        Files.writeString(folder.resolve("access.toml"), guard.rules());
        guard.renewCertificates();
        for (String principal : guard.principals) {
            guard.issueToken(principal);
            guard.giveOut(principal);
        }
        return guard;
    }

    static Path token(Path folder, String principal) {
        return folder.resolve(principal + ".token");
    }

    KillPass pass(String principal) {
        return KillPass.of(folder, principal);
    }

    Path folder() {
        return folder;
    }

    List<String> principals() {
        return principals;
    }

    /** Lines in the tokens file. */
    int tokens() {
        return lines.size();
    }

    /** Options of {@code pramd serve}, with its listeners. */
    List<String> words(Path socket) {
        return List.of(
                "--listen",
                "prams://127.0.0.1:0",
                "--listen",
                "pram+unix://" + socket,
                "--tls-cert",
                folder.resolve("server.pem").toString(),
                "--tls-key",
                folder.resolve("server.key").toString(),
                "--tls-client",
                "optional",
                "--tls-client-ca",
                folder.resolve(AUTHORITY).toString(),
                "--access",
                folder.resolve("access.toml").toString(),
                "--tokens",
                folder.resolve("tokens").toString(),
                "--audit-log",
                folder.resolve("audit.log").toString(),
                "--saving-max",
                KillLimits.SAVING_MILLIS_MAX + "ms");
    }

    // ---- rules

    private String rules() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String principal : principals) {
            text.append("[principal.").append(principal).append("]\n");
            text.append("token = true\n");
            text.append("certificate = \"").append(subject(principal)).append("\"\n");
            if (principal.equals(KNOWN_BY_USER)) {
                text.append("uid = ").append(Files.getAttribute(folder, "unix:uid")).append('\n');
            }
            text.append(principal.equals(OPERATOR) ? operator() : worker(principal));
        }
        text.append("[prefix.\"").append(KillLimits.LIMITED_PREFIX).append("\"]\n");
        text.append("quota = { bytes = ").append(KillLimits.LIMITED_PREFIX_BYTES).append(" }\n");
        text.append("[reserve]\nbytes = ").append(KillLimits.RESERVED_BYTES).append('\n');
        return text.toString();
    }

    private static String operator() {
        return "allow = [ { verbs = \"all\", prefix = \"\" } ]\n";
    }

    private static String worker(String principal) {
        String own =
                "{ verbs = [\"save\", \"load\", \"peek\", \"list\", \"remove\"], prefix = \""
                        + principal
                        + "/\" }";
        String neighbours =
                ", { verbs = [\"peek\", \"list\"], prefix = \"" + neighbour(principal) + "/\" }";
        return "allow = [ "
                + own
                + (hasNeighbour(principal) ? neighbours : "")
                + " ]\nquota = "
                + KillLimits.of(principal).text()
                + "\n";
    }

    /** Whether it may peek at what another one has. */
    static boolean hasNeighbour(String principal) {
        return principal.endsWith("-0");
    }

    /** Whose names it may see beside its own. */
    static String neighbour(String principal) {
        return principal.replaceFirst("-0$", "-1");
    }

    private static String subject(String principal) {
        return "CN=" + principal;
    }

    // ---- certificates

    /** New ones for the daemon, which sees it, and for all clients, which look when they come. */
    void renewCertificates() throws IOException {
        certificates.server();
        generation++;
        String issue = "issue" + generation;
        Files.createDirectories(folder.resolve(issue));
        for (String principal : principals) {
            Certificates.Issued issued = certificates.client(principal, subject(principal));
            move(issued.certificates(), issue + "/" + principal + ".pem");
            move(issued.key(), issue + "/" + principal + ".key");
        }
        replace(CURRENT, issue + "\n");
    }

    /** Where a run goes on, over what it had before. */
    private void move(Path file, String name) throws IOException {
        Files.move(file, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    // ---- tokens

    /** A token that the daemon is to know, and nobody has. */
    void issueToken(String principal) throws IOException {
        byte[] idBytes = new byte[8];
        byte[] secretBytes = new byte[32];
        byte[] salt = new byte[16];
        random.nextBytes(idBytes);
        random.nextBytes(secretBytes);
        random.nextBytes(salt);
        String id = HexFormat.of().formatHex(idBytes);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(secretBytes);
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        String line =
                id
                        + " "
                        + principal
                        + " $pbkdf2-sha256$i="
                        + ITERATIONS
                        + "$"
                        + base64.encodeToString(salt)
                        + "$"
                        + base64.encodeToString(hash(secret, salt))
                        + " "
                        + Instant.ofEpochSecond(Instant.now().getEpochSecond());
        lines.put(id, line);
        kept.put(principal, ("pram_" + id + "_" + secret).getBytes(StandardCharsets.US_ASCII));
        writeTokens();
    }

    private static byte[] hash(String secret, byte[] salt) {
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(
                            new PBEKeySpec(secret.toCharArray(), salt, ITERATIONS, HASH_BITS))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has PBKDF2", e);
        }
    }

    /** From now on its clients show the token that was issued last. */
    void giveOut(String principal) throws IOException {
        String text = new String(kept.get(principal), StandardCharsets.US_ASCII);
        replace(principal + ".token", text + "\n");
    }

    /** All but the newest token of each principal. */
    void revokeOldTokens() throws IOException {
        for (String principal : principals) {
            List<String> ids =
                    lines.entrySet().stream()
                            .filter(line -> line.getValue().split(" ")[1].equals(principal))
                            .map(Map.Entry::getKey)
                            .toList();
            ids.subList(0, ids.size() - 1).forEach(lines::remove);
        }
        writeTokens();
    }

    private void writeTokens() throws IOException {
        replace("tokens", String.join("\n", lines.values()) + "\n");
    }

    private void replace(String name, String text) throws IOException {
        Path aside = folder.resolve(name + ".new");
        Files.writeString(aside, text);
        Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rw-------"));
        Files.move(
                aside,
                folder.resolve(name),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }
}
