package io.pramd.daemon.server;

import io.pramd.daemon.access.Access;
import io.pramd.daemon.memory.Sharing;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.Store;
import io.pramd.daemon.recovery.Backup;
import io.pramd.protocol.Errno;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Thread-safe: all connections of a server, and what they have in common. */
final class Sessions {
    private final ServerConfig config;
    private volatile ServerLimits limits;
    private final Metering metering;
    private final Clients clients = new Clients(() -> this.open);
    private final long beganNanos = System.nanoTime();
    private final Complaints complaints = new Complaints();
    private final Set<Session> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong refusedCount = new AtomicLong();
    private final AtomicInteger savesOpen = new AtomicInteger();
    private final AtomicInteger loadsOpen = new AtomicInteger();
    private volatile List<String> listeners = List.of();
    private volatile long retryAfterMillis;
    private volatile boolean draining;

    Sessions(ServerConfig config) {
        this.config = config;
        this.limits = config.limits();
        this.metering = new Metering(config.meter());
        access().ifPresent(access -> access.onChange(() -> onEach(Session::review)));
    }

    Store store() {
        return config.store();
    }

    ServerLimits limits() {
        return limits;
    }

    /** One limit alone may change: what a greeting has promised stays. */
    void savingMillisMax(long millis) {
        limits = limits.withSavingMillisMax(millis);
    }

    /** Where all connections count. */
    Metering metering() {
        return metering;
    }

    Complaints complaints() {
        return complaints;
    }

    Protection protection() {
        return config.protection();
    }

    /** Who may come in; empty: everybody. */
    Optional<Access> access() {
        return config.protection().access();
    }

    AuditLog audit() {
        return config.protection().audit();
    }

    Sharing sharing() {
        return config.protection().sharing();
    }

    /** Of a listener with TLS. */
    ServerTls tls() {
        return config.protection().tls().orElseThrow();
    }

    String agent() {
        return config.agent();
    }

    CompletableFuture<List<String>> check() {
        return config.check().get();
    }

    CompletableFuture<Backup> backup() {
        return config.backups().get();
    }

    boolean isDraining() {
        return draining;
    }

    void listeningOn(List<ListenAddress> addresses) {
        listeners = addresses.stream().map(ListenAddress::toString).toList();
    }

    /** Connections are numbered from 1 in the order in which they were accepted. */
    long nextNumber() {
        return numbers.incrementAndGet();
    }

    /** The number of the newest connection. */
    long newestNumber() {
        return numbers.get();
    }

    /** Takes a connection in; false when too many are served. It must {@link #leave} always. */
    boolean enter(Session session) {
        open.add(session);
        if (served.incrementAndGet() <= limits.connectionsMax()) {
            return true;
        }
        served.decrementAndGet();
        refusedCount.incrementAndGet();
        return false;
    }

    /** So many are being refused that there is no time for their farewells. */
    boolean isCrowded() {
        return open.size() > 2L * limits.connectionsMax();
    }

    /**
     * The connection is closed.
     *
     * @param admitted what {@link #enter} said
     */
    void leave(Session session, boolean admitted) {
        if (open.remove(session)) {
            if (admitted) {
                served.decrementAndGet();
            }
            synchronized (this) {
                notifyAll();
            }
        }
    }

    void savesOpenBy(int change) {
        savesOpen.addAndGet(change);
    }

    void loadsOpenBy(int change) {
        loadsOpen.addAndGet(change);
    }

    /** Why no stream is opened any more. */
    static StoreException draining() {
        return StoreException.of(Errno.EAGAIN, "the daemon is draining");
    }

    /** How long clients of a draining daemon are to wait before they look for its successor. */
    long retryAfterMillis() {
        return retryAfterMillis;
    }

    /**
     * From now on: no new streams, and a connection ends with its last stream and request.
     *
     * @param retryAfter when clients are to look for a successor
     */
    void drain(Duration retryAfter) {
        retryAfterMillis = retryAfter.toMillis();
        draining = true;
        onEach(Session::drain);
    }

    /** Ends what is left of a drain, with a word to those who take it. */
    void cutAll() {
        onEach(Session::cut);
    }

    void closeAll() {
        onEach(Session::close);
    }

    /** Blocks until no connection is left, at most so long; answers how many are. */
    synchronized int awaitNone(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (!open.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                break;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return open.size();
    }

    /** The store's values and the server's, by dotted key, as far as they are for the caller. */
    CompletableFuture<Map<String, Object>> info(Caller caller) {
        if (!caller.isAdministrator()) {
            return CompletableFuture.completedFuture(OwnInfo.of(store(), caller, info()));
        }
        if (savesOpen.get() + loadsOpen.get() == 0) {
            return CompletableFuture.completedFuture(withStreams(List.of()));
        }
        return clients.look().thenApply(this::withStreams);
    }

    private Map<String, Object> withStreams(List<ClientView> seen) {
        Map<String, Object> values = info();
        values.put("streams.list", StreamLines.of(seen));
        return values;
    }

    /** All connections, and what they do. */
    CompletableFuture<List<ClientView>> clients() {
        return clients.look();
    }

    Map<String, Object> info() {
        Map<String, Object> values = new LinkedHashMap<>(config.store().info());
        values.put("connections.open", (long) served.get());
        values.put("connections.accepted", numbers.get());
        values.put("connections.refused", refusedCount.get());
        values.put("streams.saving", (long) savesOpen.get());
        values.put("streams.loading", (long) loadsOpen.get());
        Traffic traffic = metering.traffic();
        values.put("traffic.savedBytes", traffic.savedBytes());
        values.put("traffic.loadedBytes", traffic.loadedBytes());
        values.put("requests.answered", traffic.requests());
        values.put("uptimeMillis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos));
        values.put("server.listeners", listeners);
        values.put("server.draining", draining);
        values.put("server.version", config.agent());
        values.put("limits.connectionsMax", (long) limits.connectionsMax());
        values.put("limits.streamsMax", (long) limits.streamsMax());
        values.put("limits.requestsMax", (long) limits.requestsMax());
        values.put("limits.packetBytesMax", (long) limits.packetBytesMax());
        values.put("limits.idleMillis", limits.idleMillis());
        values.put("limits.handshakeMillis", limits.handshakeMillis());
        values.put("limits.savingMillisMax", limits.savingMillisMax());
        values.putAll(config.protection().info());
        return values;
    }

    private void onEach(Consumer<Session> action) {
        open.forEach(session -> session.execute(() -> action.accept(session)));
    }
}
