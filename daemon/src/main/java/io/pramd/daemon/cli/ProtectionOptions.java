package io.pramd.daemon.cli;

import io.pramd.daemon.life.ProtectionPlan;
import io.pramd.daemon.memory.Sharing;
import io.pramd.daemon.server.AuditLog;
import io.pramd.daemon.server.TlsConfig;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** One owner. The options of {@code pramd serve} that say who gets in, and what may be seen. */
final class ProtectionOptions {
    private static final long AUDIT_KEEP_BYTES = 1L << 30;

    /** A file is as large at most as all older ones may be: smaller ones would be a line each. */
    private static final long AUDIT_KEEP_BYTES_MIN = 1L << 20;

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--insecure",
            negatable = true,
            description =
                    "Allows listeners beyond loopback that are open to anybody, or not encrypted.")
    private boolean insecure;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description =
                    "PEM: the certificate of prams:// listeners, and those that lead to its"
                            + " authority. Read again when it changes, like all files named here.")
    private Path tlsCert;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "PEM: its private key, PKCS #8 without a password.")
    private Path tlsKey;

    @Option(
            names = "--tls-client-ca",
            paramLabel = "FILE",
            description = "PEM: the authorities whose certificates clients must show.")
    private Path tlsClientCa;

    @Option(
            names = "--tls-client",
            paramLabel = "WHEN",
            converter = Choice.Whens.class,
            completionCandidates = Choice.Whens.class,
            description = {
                "required: a client without a certificate is refused.",
                "optional: it may have a token instead.",
                "Belongs to --tls-client-ca. Default: required"
            })
    private String tlsClient;

    @Option(
            names = "--tls-min",
            paramLabel = "VERSION",
            converter = Choice.Versions.class,
            completionCandidates = Choice.Versions.class,
            description = "1.3, or 1.2 to speak that too. Default: 1.3")
    private String tlsMin;

    @Option(
            names = "--access",
            paramLabel = "FILE",
            description =
                    "TOML: who may do what with which names (docs/security.md). Without it who can"
                            + " connect can do everything.")
    private Path access;

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description = "Tokens by which some may come in, made by pramd token add.")
    private Path tokens;

    @Option(
            names = "--audit-log",
            paramLabel = "FILE",
            description = "Writes down who did what, a line of JSON for each.")
    private Path auditLog;

    @Option(
            names = "--audit-keep",
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description =
                    "How much its older files may take, which begin each day and at 64 MiB; at"
                            + " least 1M. Default: 1G")
    private ByteSize auditKeep;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description =
                    "Gives the sockets, and a memory file that is created, to this group with mode"
                            + " 0660. Without it 0600.")
    private String group;

    /**
     * Without the audit log, which nobody has opened yet.
     *
     * @throws ParameterException where options do not fit each other
     */
    ProtectionPlan plan() {
        require(access != null || tokens == null, "--tokens needs --access");
        require(auditLog != null || auditKeep == null, "--audit-keep needs --audit-log");
        require(
                auditKeep == null || auditKeep.bytes() >= AUDIT_KEEP_BYTES_MIN,
                "--audit-keep is too little to keep anything in: "
                        + auditKeep
                        + ", at least 1 MiB");
        return new ProtectionPlan(
                insecure,
                tls(),
                Optional.ofNullable(access),
                Optional.ofNullable(tokens),
                AuditLog.OFF,
                group == null ? Sharing.NONE : Sharing.with(group));
    }

    /** The file of the audit log; empty: there is none. */
    Optional<Path> auditLog() {
        return Optional.ofNullable(auditLog);
    }

    /** Where there is to be one; it can be written, and is not begun yet. */
    AuditLog openAudit() {
        if (auditLog == null) {
            return AuditLog.OFF;
        }
        long keep = auditKeep == null ? AUDIT_KEEP_BYTES : auditKeep.bytes();
        return AuditLog.to(new AuditFile(auditLog, keep));
    }

    private Optional<TlsConfig> tls() {
        String needed = "--tls-cert and --tls-key go together";
        if (tlsCert == null && tlsKey == null) {
            require(tlsClientCa == null && tlsMin == null, needed + ", and belong to all --tls-*");
        } else {
            require(tlsCert != null && tlsKey != null, needed);
        }
        require(tlsClientCa != null || tlsClient == null, "--tls-client needs --tls-client-ca");
        if (tlsCert == null) {
            return Optional.empty();
        }
        return Optional.of(
                new TlsConfig(
                        tlsCert,
                        tlsKey,
                        Optional.ofNullable(tlsClientCa),
                        tlsClientCa != null && !Choice.Whens.OPTIONAL.equals(tlsClient),
                        Choice.Versions.TLS_12.equals(tlsMin)));
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
