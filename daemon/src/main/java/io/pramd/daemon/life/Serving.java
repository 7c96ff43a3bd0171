package io.pramd.daemon.life;

import io.pramd.daemon.admin.AdminAddress;
import io.pramd.daemon.admin.AdminServer;
import io.pramd.daemon.admin.AdminSources;
import io.pramd.daemon.admin.Meters;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.StoreThreads;
import io.pramd.daemon.recovery.OpenStore;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.daemon.server.ListenSocket;
import io.pramd.daemon.server.Server;
import io.pramd.daemon.server.ServerConfig;
import io.pramd.daemon.server.ServerLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. A memory file that is served: recovers behind the serving, and ends by {@link
 * #stop}. When its store fails it is read-only and goes on. The process is not its business.
 */
public final class Serving {
    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);
    private static final long RECOVERY_JOIN_MILLIS = 10_000;

    private final OpenStore open;
    private final Server server;
    private final Beside beside;
    private final StoreThreads threads;
    private final AtomicBoolean ending = new AtomicBoolean();
    private volatile boolean isReleased;
    private final List<Consumer<EndStep>> endListeners = new CopyOnWriteArrayList<>();
    private final Thread recovery = new Thread(this::recover, "pramd-recovery");

    /** What runs beside the serving, and ends with it. */
    private record Beside(
            SelfCheck check,
            Scrub scrub,
            NameWatch name,
            OpenProtection guard,
            Optional<AdminServer> admin) {
        void close() {
            admin.ifPresent(AdminServer::close);
            scrub.close();
            name.close();
            check.close();
            guard.close();
        }

        /** Whether nothing of it reads the memory file any more. */
        boolean hasEnded() {
            return admin.map(AdminServer::hasEnded).orElse(true);
        }
    }

    private Serving(OpenStore open, Server server, Beside beside, StoreThreads threads) {
        this.open = open;
        this.server = server;
        this.beside = beside;
        this.threads = threads;
        open.store().failed().thenAccept(Serving::sayReadOnly);
    }

    private static void sayReadOnly(StoreException why) {
        LOG.error(
                "the store is read-only from here on, loads are served as peeks: {}",
                why.getMessage());
    }

    /**
     * Opens the memory file, creating it where the plan says so, and listens: loads are served on
     * return, changes as soon as the references are counted.
     *
     * @throws StoreException as opening, formatting and listening do; nothing is left open then
     */
    public static Serving start(ServePlan plan) {
        return start(plan, () -> plan.listen().stream().map(ListenSocket::toBind).toList());
    }

    /**
     * As {@link #start(ServePlan)}, on sockets that may come from other processes.
     *
     * @param sockets asked once, when all is read that can be read beside a daemon that serves the
     *     file: it may wait for that daemon's end
     */
    public static Serving start(ServePlan plan, Supplier<List<ListenSocket>> sockets) {
        ServerLimits.requireDescriptors();
        OpenProtection guard = new OpenProtection(plan.protection());
        try {
            return start(plan, sockets.get(), guard);
        } catch (RuntimeException e) {
            guard.close();
            throw e;
        }
    }

    private static Serving start(ServePlan plan, List<ListenSocket> sockets, OpenProtection guard) {
        MemoryOpener opener = new MemoryOpener(plan);
        OpenStore open = opener.open();
        open.memory().fileSystem().warning().ifPresent(LOG::warn);
        guard.limit(open.store().quotas(), () -> FileLayout.fileOffset(open.memory().frameCount()));
        SelfCheck check = new SelfCheck(plan.memory(), open::audit);
        Listening listening;
        try {
            plan.protection().audit().begin(); // the lock is held: a predecessor writes no more
            ServerConfig config =
                    ServerConfig.of(open.store(), plan.listen(), Release.nameAndVersion())
                            .withSockets(sockets)
                            .withLimits(limits(plan))
                            .withProtection(guard.protection())
                            .withCheck(check)
                            .withBackups(open::backup);
            listening = listen(plan, open, opener.threads(), config);
        } catch (RuntimeException e) {
            opener.threads().close();
            close(open);
            throw e;
        }
        Scrub scrub = new Scrub(open.store(), plan.scrubBytesPerSecond());
        open.store().alsoInforming(scrub::info);
        NameWatch name = new NameWatch(open.memory()::lookForName);
        name.start();
        Serving serving =
                new Serving(
                        open,
                        listening.server(),
                        new Beside(check, scrub, name, guard, listening.admin()),
                        opener.threads());
        serving.recovery.setDaemon(true);
        serving.recovery.start();
        return serving;
    }

    /** Both, or neither. */
    private record Listening(Server server, Optional<AdminServer> admin) {}

    private static Listening listen(
            ServePlan plan, OpenStore open, StoreThreads threads, ServerConfig config) {
        if (plan.admin().isEmpty()) {
            return new Listening(Server.start(config), Optional.empty());
        }
        threads.startAll(); // by this thread: those of administrators give way, and so would these
        Meters meters = new Meters();
        open.store().metering(meters);
        Server server = Server.start(config.withMeter(meters));
        try {
            server.pulse().join();
            AdminSources sources =
                    new AdminSources(open, server, config.protection(), meters, Release.version());
            return new Listening(
                    server, Optional.of(AdminServer.start(plan.admin().get(), sources)));
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static ServerLimits limits(ServePlan plan) {
        ServerLimits wanted = ServerLimits.defaults();
        ServerLimits granted =
                wanted.withinDescriptors(
                        plan.admin().isPresent() ? AdminServer.DESCRIPTORS_MAX : 0);
        if (granted.connectionsMax() < wanted.connectionsMax()) {
            LOG.warn(
                    "fewer connections are served, this process may not open more descriptors:"
                            + " connectionsMax={} wanted={}",
                    granted.connectionsMax(),
                    wanted.connectionsMax());
        }
        return granted.withSavingMillisMax(plan.savingMax().toMillis());
    }

    private void recover() {
        try {
            open.recover();
            open.report().logTo(LOG);
            beside.scrub().start();
        } catch (RuntimeException e) {
            if (!ending.get()) {
                open.store().walking(() -> "failed: " + e.getMessage());
                LOG.error(
                        "recovery ended early, changes will not be served: {}", e.getMessage(), e);
            }
        }
    }

    /** Where it listens, in the order of the plan, with the ports in use. */
    public List<ListenAddress> addresses() {
        return server.addresses();
    }

    /** Where administrators look, with the port in use; empty: nowhere. */
    public Optional<AdminAddress> adminAddress() {
        return beside.admin().map(AdminServer::address);
    }

    /**
     * The sockets that it listens on, for another process.
     *
     * @throws StoreException EINVAL where sockets cannot be handed over
     */
    public List<ListenSocket> sockets() {
        return server.sockets();
    }

    /**
     * Leaves its sockets to another process that has got them; a stop is to follow.
     *
     * @return false when an end is under way already, and nothing was done
     */
    public boolean leaveSockets() {
        synchronized (ending) {
            if (ending.get()) {
                return false;
            }
            server.leaveSockets();
            return true;
        }
    }

    /** Done when the event loops and the committer have come to what they are asked now. */
    public CompletableFuture<Void> pulse() {
        try {
            return server.pulse()
                    .thenCombine(
                            CompletableFuture.runAsync(() -> {}, threads.threads().commits()),
                            (loops, commits) -> null);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e); // they have ended, in a stop
        }
    }

    /** All figures of the store and the server, by dotted key. */
    public Map<String, Object> info() {
        return server.info();
    }

    /** The size that the memory file has. */
    public long sizeBytes() {
        return FileLayout.fileOffset(open.memory().frameCount());
    }

    /** Has the steps of the end told as well, by the thread that ends it; must not throw. */
    public void onEnd(Consumer<EndStep> listener) {
        endListeners.add(listener);
    }

    private void tell(EndStep step) {
        endListeners.forEach(listener -> listener.accept(step));
    }

    /**
     * Goes on otherwise, as of now; a save that is open keeps its limit.
     *
     * @param savingMax how long a save may be open; zero: as long as it likes
     * @param scrubBytesPerSecond how fast all nodes are read and verified; 0: not any more
     */
    public void change(Duration savingMax, long scrubBytesPerSecond) {
        server.savingMax(savingMax);
        beside.scrub().rate(scrubBytesPerSecond);
    }

    /**
     * Ends cleanly: running streams may end, then a root is forced and everything is given back.
     *
     * @param drain how long running streams may go on
     * @return false when an end was under way already, and nothing was done
     * @throws StoreException when no root could be forced; everything is given back all the same
     */
    public boolean stop(Duration drain) throws InterruptedException {
        synchronized (ending) {
            if (!ending.compareAndSet(false, true)) {
                return false;
            }
        }
        tell(EndStep.DRAINING);
        LOG.info("stopping: running streams have {} s to end", drain.toMillis() / 1000.0);
        int left = server.drain(drain);
        if (left > 0) {
            LOG.warn("connections were cut at the end of --drain: {}", left);
        }
        server.close();
        tell(EndStep.FORCING);
        recovery.join(RECOVERY_JOIN_MILLIS);
        boolean isReadOnly = open.store().failed().isDone();
        String end = "stopped before the references were counted: nothing was changed";
        try {
            if (isReadOnly || open.store().isWalked()) {
                open.store().force().join();
                end = "stopped cleanly: a root is forced";
            }
        } catch (CompletionException e) {
            StoreException why = known(e);
            LOG.error("stopped without forcing a root: {}", why.getMessage());
            release();
            throw why;
        }
        String lostName = beside.name().look();
        release();
        end = isReleased ? end : end + "; some work did not end in time";
        if (lostName.isEmpty()) {
            LOG.info(end);
        } else {
            LOG.warn("{}; but no start finds it, {}", end, lostName);
        }
        return true;
    }

    private static StoreException known(CompletionException e) {
        return e.getCause() instanceof StoreException why
                ? why
                : StoreException.outcomeUnknown("forcing the last root failed: " + e.getCause());
    }

    /**
     * Ends all threads, unmaps the memory file and gives its lock back, without forcing anything. A
     * stop does this by itself.
     */
    public void release() throws InterruptedException {
        tell(EndStep.RELEASING);
        server.close();
        beside.close();
        if (!threads.end() || !endRecovery() || !beside.hasEnded()) {
            return;
        }
        close(open);
        isReleased = true;
        tell(EndStep.RELEASED);
    }

    /** It reads the mapped file, and may store into it: it must have ended before the unmapping. */
    private boolean endRecovery() throws InterruptedException {
        recovery.interrupt(); // a walk that has not ended finds its file closed
        recovery.join(RECOVERY_JOIN_MILLIS);
        return !recovery.isAlive();
    }

    /**
     * False behind a release in which some work did not end in time: the file stays mapped and
     * locked as long as the process lives.
     */
    public boolean isReleased() {
        return isReleased;
    }

    private static void close(OpenStore open) {
        try {
            open.close();
        } catch (IOException e) {
            LOG.warn("the pid stays beside the memory file: {}", e.toString());
        }
    }
}
