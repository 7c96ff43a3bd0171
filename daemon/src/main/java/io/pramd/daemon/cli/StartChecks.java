package io.pramd.daemon.cli;

import io.pramd.daemon.access.AccessRules;
import io.pramd.daemon.access.TokensFile;
import io.pramd.daemon.life.ProtectionPlan;
import io.pramd.daemon.life.ServePlan;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.daemon.server.ServerTls;
import io.pramd.daemon.server.UnixSocketFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One owner. What a start looks at before it touches the memory file, a port or a socket. Keeps
 * nothing open and makes nothing, so that it can be asked beside a daemon that serves.
 */
final class StartChecks {
    private final Configuration configuration;
    private final List<StoreException> found = new ArrayList<>();

    private StartChecks(Configuration configuration) {
        this.configuration = configuration;
    }

    /**
     * All that is wrong, each with the places of the options that it is about.
     *
     * @param handover where daemons follow each other; empty: they do not
     * @param audit file of the audit log; empty: there is none
     */
    static List<StoreException> faults(
            Configuration configuration,
            ServePlan plan,
            SizeSetting size,
            Optional<Path> handover,
            Optional<Path> audit) {
        StartChecks checks = new StartChecks(configuration);
        checks.run(size::requirePossible, SizeSetting.KEY);
        checks.run(plan::requirePlace, "memory");
        checks.run(plan::level, "memory", "durability");
        handover.ifPresent(
                path -> checks.run(() -> new UnixSocketFile(path).requireShort(), "handover"));
        checks.protection(plan.protection());
        audit.ifPresent(file -> checks.run(() -> AuditFile.requirePossible(file), "audit-log"));
        return checks.found;
    }

    private void protection(ProtectionPlan plan) {
        plan.tls()
                .ifPresent(
                        tls ->
                                run(
                                        () -> ServerTls.read(tls),
                                        "tls-cert",
                                        "tls-key",
                                        "tls-client-ca"));
        plan.access().ifPresent(file -> run(() -> AccessRules.read(file), "access"));
        plan.tokens().ifPresent(file -> run(() -> new TokensFile(file).read(), "tokens"));
        run(plan.sharing()::requireKnown, "group");
    }

    private void run(Runnable check, String... keys) {
        try {
            check.run();
        } catch (StoreException e) {
            String places = configuration.places(List.of(keys));
            found.add(StoreException.of(e.errno(), e.getMessage() + places));
        }
    }

    /**
     * What a start may find otherwise: whoever starts the daemon often makes the folders of its
     * sockets, and only for as long as it runs.
     */
    static List<String> warnings(List<ListenAddress> listen, Optional<Path> handover) {
        Stream<Path> sockets =
                listen.stream()
                        .filter(ListenAddress.Unix.class::isInstance)
                        .map(address -> ((ListenAddress.Unix) address).path());
        return Stream.concat(sockets, handover.stream())
                .flatMap(
                        socket ->
                                new UnixSocketFile(socket)
                                        .missingFolder().stream()
                                                .map(folder -> missing(socket, folder)))
                .toList();
    }

    private static String missing(Path socket, Path folder) {
        return "a start needs a folder for the socket that is not there now: path="
                + socket
                + " expected folder="
                + folder;
    }
}
