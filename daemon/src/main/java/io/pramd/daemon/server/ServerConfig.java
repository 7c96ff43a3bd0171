package io.pramd.daemon.server;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.Store;
import io.pramd.daemon.recovery.Backup;
import io.pramd.protocol.Errno;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Immutable: how to serve a store.
 *
 * @param listen one socket at least
 * @param protection against those who connect
 * @param loops event loops, 1 or more
 * @param agent name and version of the program, told to clients
 * @param check answers CHECK with the problems found, none when clean; must not block
 * @param backups answers BACKUP; must not block
 * @param meter hears what is answered
 */
public record ServerConfig(
        Store store,
        List<ListenSocket> listen,
        Protection protection,
        ServerLimits limits,
        int loops,
        String agent,
        Supplier<CompletableFuture<List<String>>> check,
        Supplier<CompletableFuture<Backup>> backups,
        RequestMeter meter) {
    public ServerConfig {
        listen = List.copyOf(listen);
    }

    /** Loopback only, default limits, one event loop per processor, no check. */
    public static ServerConfig of(Store store, List<ListenAddress> listen, String agent) {
        return new ServerConfig(
                store,
                listen.stream().map(ListenSocket::toBind).toList(),
                Protection.NONE,
                ServerLimits.defaults(),
                Runtime.getRuntime().availableProcessors(),
                agent,
                ServerConfig::noCheck,
                ServerConfig::noBackup,
                RequestMeter.NONE);
    }

    /** The same, on these sockets. */
    public ServerConfig withSockets(List<ListenSocket> other) {
        return new ServerConfig(
                store, other, protection, limits, loops, agent, check, backups, meter);
    }

    /** The same, so protected. */
    public ServerConfig withProtection(Protection other) {
        return new ServerConfig(store, listen, other, limits, loops, agent, check, backups, meter);
    }

    /** The same with other limits. */
    public ServerConfig withLimits(ServerLimits other) {
        return new ServerConfig(
                store, listen, protection, other, loops, agent, check, backups, meter);
    }

    /** The same, and CHECK is offered. */
    public ServerConfig withCheck(Supplier<CompletableFuture<List<String>>> offered) {
        return new ServerConfig(
                store, listen, protection, limits, loops, agent, offered, backups, meter);
    }

    /** The same, and BACKUP is offered. */
    public ServerConfig withBackups(Supplier<CompletableFuture<Backup>> offered) {
        return new ServerConfig(
                store, listen, protection, limits, loops, agent, check, offered, meter);
    }

    /** The same, so measured. */
    public ServerConfig withMeter(RequestMeter other) {
        return new ServerConfig(
                store, listen, protection, limits, loops, agent, check, backups, other);
    }

    private static CompletableFuture<List<String>> noCheck() {
        return CompletableFuture.failedFuture(
                StoreException.of(
                        Errno.EINVAL,
                        "a running daemon offers no check: stop it and use pramd fsck"));
    }

    private static CompletableFuture<Backup> noBackup() {
        return CompletableFuture.failedFuture(
                StoreException.of(Errno.EINVAL, "this daemon offers no backup"));
    }
}
