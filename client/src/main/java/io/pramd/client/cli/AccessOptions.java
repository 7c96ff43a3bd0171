package io.pramd.client.cli;

import io.pramd.client.PramConfig;
import io.pramd.client.PramTls;
import io.pramd.client.PramUri;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * One owner. Whom pram trusts and who it says it is: its options, else the environment. No option
 * takes a token itself, which everybody could read who lists the processes.
 */
final class AccessOptions {
    static final String TOKEN_FILE = "--token-file";
    static final String TLS_CA = "--tls-ca";
    static final String TLS_CERT = "--tls-cert";
    static final String TLS_KEY = "--tls-key";
    static final String TLS_MIN = "--tls-min";
    static final List<String> NAMES = List.of(TOKEN_FILE, TLS_CA, TLS_CERT, TLS_KEY, TLS_MIN);

    private static final String TOKEN_VARIABLE = "PRAM_TOKEN";
    private static final String TOKEN_FILE_VARIABLE = "PRAM_TOKEN_FILE";
    private static final String TLS_CA_VARIABLE = "PRAM_TLS_CA";
    private static final String TLS_CERT_VARIABLE = "PRAM_TLS_CERT";
    private static final String TLS_KEY_VARIABLE = "PRAM_TLS_KEY";

    @Option(
            names = TOKEN_FILE,
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "A file with the token to show. Else PRAM_TOKEN, else PRAM_TOKEN_FILE.")
    private Path tokenFile;

    @Option(
            names = TLS_CA,
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description =
                    "For prams://: the certificates to trust, in PEM. Else PRAM_TLS_CA, else those"
                            + " of the JVM.")
    private Path tlsCa;

    @Option(
            names = TLS_CERT,
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "For prams://: the certificate to show, in PEM. Else PRAM_TLS_CERT.")
    private Path tlsCert;

    @Option(
            names = TLS_KEY,
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "Its key, in PEM of PKCS#8. Else PRAM_TLS_KEY.")
    private Path tlsKey;

    @Option(
            names = TLS_MIN,
            scope = ScopeType.INHERIT,
            paramLabel = "VERSION",
            converter = TlsVersionConverter.class,
            completionCandidates = TlsVersionConverter.Words.class,
            description = "For prams://: the oldest TLS to speak, 1.3 or 1.2. Default: 1.3.")
    private PramTls.Version tlsMin;

    /**
     * The same configuration with what is said of access.
     *
     * @throws IllegalArgumentException where that does not fit together
     */
    PramConfig configure(PramConfig config, PramUri server, UnaryOperator<String> environment) {
        boolean asksForTls = tlsCa != null || tlsCert != null || tlsKey != null || tlsMin != null;
        if (asksForTls && !server.isTls()) {
            throw new IllegalArgumentException(
                    "--tls-ca, --tls-cert, --tls-key and --tls-min are for prams://: server="
                            + server);
        }
        return withToken(server.isTls() ? withTls(config, environment) : config, environment);
    }

    private PramConfig withToken(PramConfig config, UnaryOperator<String> environment) {
        String token = environment.apply(TOKEN_VARIABLE);
        if (tokenFile == null && isSet(token)) {
            try {
                return config.withToken(token);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(TOKEN_VARIABLE + ": " + e.getMessage(), e);
            }
        }
        Path file = fileOf(tokenFile, environment.apply(TOKEN_FILE_VARIABLE));
        return file == null ? config : config.withTokenFile(file);
    }

    private PramConfig withTls(PramConfig config, UnaryOperator<String> environment) {
        PramTls tls = config.tls();
        Path ca = fileOf(tlsCa, environment.apply(TLS_CA_VARIABLE));
        Path cert = fileOf(tlsCert, environment.apply(TLS_CERT_VARIABLE));
        Path key = fileOf(tlsKey, environment.apply(TLS_KEY_VARIABLE));
        if ((cert == null) != (key == null)) {
            throw new IllegalArgumentException(
                    cert == null
                            ? "a key is given, and no certificate: --tls-cert is missing"
                            : "a certificate is given, and no key: --tls-key is missing");
        }
        if (ca != null) {
            tls = tls.withTrust(ca);
        }
        if (cert != null) {
            tls = tls.withCertificate(cert, key);
        }
        return config.withTls(tlsMin == null ? tls : tls.withMinimum(tlsMin));
    }

    private static Path fileOf(Path option, String variable) {
        if (option != null) {
            return option;
        }
        return isSet(variable) ? Path.of(variable) : null;
    }

    private static boolean isSet(String variable) {
        return variable != null && !variable.isEmpty();
    }
}
