package io.pramd.daemon.server;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.Turns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thread-safe: serves a store to clients over TCP and Unix sockets. */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final long CLOSE_SECONDS = 5;

    /** For what was heard before a cut to be answered: a commit, on a slow device. */
    private static final long SETTLE_MILLIS = 10_000;

    private final EventLoopGroup loops;
    private final Sessions sessions;
    private final List<Listener> listeners = new ArrayList<>();

    /** When clients of one that drains connect anew at the earliest; at once where sockets stay. */
    private volatile Duration retryAfter = Duration.ofMillis(Answers.RETRY_AFTER_MILLIS);

    private Server(EventLoopGroup loops, Sessions sessions) {
        this.loops = loops;
        this.sessions = sessions;
    }

    /** Loads what a server needs before it listens, the native library first. */
    public static void warmUp() {
        Transport.best();
    }

    /**
     * Listens on every address, or on none. The store stays the caller's: it must be open until
     * {@link #close()} has returned, as event loops touch its memory until then.
     *
     * @throws IllegalArgumentException with a text for the user: no address, or one that {@link
     *     Stance} forbids
     * @throws StoreException when an address cannot be listened on: EBUSY, EACCES, EEXIST, EIO
     */
    public static Server start(ServerConfig config) {
        return start(config, Transport.best());
    }

    static Server start(ServerConfig config, Transport transport) {
        verify(config);
        Sessions sessions = new Sessions(config);
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(
                        config.loops(), LoopThread.factory("pramd-loop"), transport.loops());
        Server server = new Server(loops, sessions);
        try {
            for (ListenSocket socket : config.listen()) {
                server.listeners.add(Listener.open(socket, transport, loops, sessions));
            }
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        sessions.listeningOn(server.addresses());
        return server;
    }

    /** What it has moved and answered so far. */
    public Traffic traffic() {
        return sessions.metering().traffic();
    }

    /**
     * All connections and what they do, each seen by its own event loop; at most {@link
     * Clients#CLIENTS_MAX}. Never blocks, and is there within half a second: a loop that hangs
     * leaves its own connections out.
     */
    public CompletableFuture<List<ClientView>> clients() {
        return sessions.clients();
    }

    /** For the store that is served: the turns of the threads that serve it. */
    public static Turns turns() {
        return LoopThread.turns();
    }

    /** All figures of the store and the server, by dotted key. */
    public Map<String, Object> info() {
        return sessions.info();
    }

    /** For those who come by another way than the protocol. */
    public Administration administration() {
        return new Administration(sessions.store(), sessions.protection(), sessions.metering());
    }

    /** Done when every event loop has come to what it is asked now. */
    public CompletableFuture<Void> pulse() {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (EventExecutor loop : loops) {
            answers.add(CompletableFuture.runAsync(() -> {}, loop));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
    }

    /** Where it listens, in the order of the configuration, with the ports in use. */
    public List<ListenAddress> addresses() {
        return listeners.stream().map(Listener::address).toList();
    }

    /**
     * Another limit for saves that are opened from now on.
     *
     * @param limit how long one may be open; zero: as long as it likes
     */
    public void savingMax(Duration limit) {
        sessions.savingMillisMax(limit.toMillis());
    }

    /**
     * The open sockets that it listens on, for another process.
     *
     * @throws StoreException EINVAL where sockets have no descriptors
     */
    public List<ListenSocket> sockets() {
        return listeners.stream().map(Listener::socket).toList();
    }

    /**
     * Accepts nothing new, and leaves its sockets and their files to another process that has got
     * them: what connects meanwhile waits there in the kernel's queue.
     */
    public synchronized void leaveSockets() {
        listeners.forEach(Listener::leave);
        retryAfter = Duration.ZERO;
    }

    /**
     * Accepts nothing new and lets running streams and requests finish: connections without any end
     * at once, the others behind their last one. Clients that can be told so are told that the
     * daemon is going away. Blocks until all have ended or the time is up, and then for the moment
     * that a last word to each needs, and an answer to what it has asked before.
     *
     * @return how many connections were left and have been closed; 0 when all had ended
     */
    public int drain(Duration limit) throws InterruptedException {
        closeListeners();
        sessions.drain(retryAfter);
        int left = sessions.awaitNone(limit.toNanos());
        if (left > 0) {
            sessions.cutAll();
            long linger = sessions.limits().lingerMillis();
            sessions.awaitNone(TimeUnit.MILLISECONDS.toNanos(linger + SETTLE_MILLIS));
            sessions.closeAll();
        }
        return left;
    }

    /**
     * Closes every connection at once, and returns when no event loop runs any more. Idempotent.
     */
    @Override
    public void close() {
        closeListeners();
        sessions.closeAll();
        loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private synchronized void closeListeners() {
        for (Listener listener : listeners) {
            try {
                listener.close();
            } catch (StoreException e) {
                LOG.warn("cannot remove a listener: {}", e.getMessage());
            }
        }
    }

    private static void verify(ServerConfig config) {
        if (config.listen().isEmpty()) {
            throw new IllegalArgumentException("no address to listen on");
        }
        config.listen().stream()
                .map(ListenSocket::address)
                .forEach(config.protection().stance()::requireMayListen);
    }
}
