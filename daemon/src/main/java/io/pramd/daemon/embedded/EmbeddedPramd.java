package io.pramd.daemon.embedded;

import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.life.ProtectionPlan;
import io.pramd.daemon.life.ServePlan;
import io.pramd.daemon.life.Serving;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One owner. A daemon inside this JVM, for tests of programs that use pramd: it starts in a moment,
 * any number of them side by side, and a debugger sees both ends.
 *
 * <p>Unless told otherwise it serves a new memory file in a temporary folder, on a free port of
 * 127.0.0.1. It never ends the JVM and keeps it from ending no more than its owner does. What it
 * throws is {@link StoreException}. Run the JVM with {@code --enable-native-access=ALL-UNNAMED}, or
 * it warns once.
 */
public final class EmbeddedPramd implements AutoCloseable {
    private static final long DEFAULT_SIZE_BYTES = 64L << 20;
    private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(1);
    private static final String FREE_PORT = "pram://127.0.0.1:0";

    private final TempFolder folder = new TempFolder();
    private final Path memory;
    private final long sizeBytes;
    private final Duration drain;
    private final Optional<Durability> durability;
    private final MemoryObserver observer;
    private List<ListenAddress> listeners;
    private Serving serving;
    private boolean isClosed;

    private EmbeddedPramd(Builder builder) {
        memory = builder.memory == null ? folder.resolve("memory") : builder.memory;
        sizeBytes = builder.sizeBytes;
        drain = builder.drain;
        durability = builder.durability;
        observer = builder.observer;
        List<String> uris = new ArrayList<>(builder.listeners);
        if (builder.hasOwnSocket) {
            uris.add("pram+unix://" + folder.resolve("socket"));
        }
        if (uris.isEmpty()) {
            uris.add(FREE_PORT);
        }
        listeners = uris.stream().map(ListenAddress::parse).toList();
    }

    /** Starts a daemon with all defaults. */
    public static EmbeddedPramd start() {
        return builder().start();
    }

    /**
     * Starts a daemon on this memory file, which it creates when it is missing, and leaves behind.
     */
    public static EmbeddedPramd start(Path memory) {
        return builder().memory(memory).start();
    }

    /** A daemon that is to be started in another way. */
    public static Builder builder() {
        return new Builder();
    }

    /** One owner. How to start a daemon. */
    public static final class Builder {
        private final List<String> listeners = new ArrayList<>();
        private boolean hasOwnSocket;
        private Path memory;
        private long sizeBytes = DEFAULT_SIZE_BYTES;
        private Duration drain = DEFAULT_DRAIN;
        private Optional<Durability> durability = Optional.empty();
        private MemoryObserver observer = MemoryObserver.NONE;

        private Builder() {}

        /** Serves this memory file, and leaves it behind. It is created when it is missing. */
        public Builder memory(Path file) {
            memory = file.toAbsolutePath();
            return this;
        }

        /** Size of a memory file that is created. Default: 64 MiB. */
        public Builder sizeBytes(long bytes) {
            sizeBytes = bytes;
            return this;
        }

        /** Listens on a Unix socket in the temporary folder instead of a TCP port. */
        public Builder unixSocket() {
            hasOwnSocket = true;
            return this;
        }

        /**
         * Listens here instead, also when called again: {@code pram://} or {@code pram+unix://}.
         */
        public Builder listen(String... uris) {
            listeners.addAll(List.of(uris));
            return this;
        }

        /** How long a stop lets running streams go on. Default: 1 s. */
        public Builder drain(Duration limit) {
            drain = limit;
            return this;
        }

        /**
         * What an answered change survives that asks for nothing else. Default: interval, process
         * without a device.
         */
        public Builder durability(Durability level) {
            durability = Optional.of(level);
            return this;
        }

        /** Told of every change and every force of the memory. */
        Builder observer(MemoryObserver newObserver) {
            observer = newObserver;
            return this;
        }

        /**
         * Starts the daemon: loads are served on return, changes a moment later.
         *
         * @throws StoreException EBUSY when the file is served already, or the address taken; and
         *     what else opening and listening can say
         * @throws IllegalArgumentException for a listener that is none, or beyond loopback
         */
        public EmbeddedPramd start() {
            EmbeddedPramd daemon = new EmbeddedPramd(this);
            boolean isServing = false;
            try {
                daemon.launch();
                isServing = true;
                return daemon;
            } finally {
                if (!isServing) {
                    daemon.close();
                }
            }
        }
    }

    private void launch() {
        serving =
                Serving.start(
                        new ServePlan(
                                memory,
                                sizeBytes,
                                listeners,
                                ProtectionPlan.NONE,
                                durability,
                                Duration.ZERO,
                                0,
                                Optional.empty(),
                                observer));
        listeners = serving.addresses(); // with the port that the kernel chose
    }

    /** Its first listener, for {@code PramClient.connect}; the same after every restart. */
    public String uri() {
        return uris().getFirst();
    }

    /** All its listeners, in the order given. */
    public List<String> uris() {
        return listeners.stream().map(ListenAddress::toString).toList();
    }

    /** The memory file. */
    public Path memory() {
        return memory;
    }

    /** Whether it has been started and not been stopped; also when its store has failed. */
    public boolean isRunning() {
        return serving != null;
    }

    /**
     * Ends cleanly: running streams may end, a root is forced, all threads end, the memory file is
     * unmapped and unlocked. Does nothing when it has ended already. An interrupt does not cut it
     * short.
     *
     * @throws StoreException when the store has failed, so that what was saved since the last
     *     forced root may be gone; or when some work did not end in time, so that the memory stays
     *     locked. It counts as stopped all the same
     */
    public void stop() {
        if (serving == null) {
            return;
        }
        Serving ending = serving;
        serving = null;
        try {
            CompletableFuture.runAsync(() -> end(ending), EmbeddedPramd::onThreadOfItsOwn).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException why) {
                throw StoreException.of(why.errno(), why.getMessage()); // from where it was called
            }
            throw e;
        }
    }

    private static void onThreadOfItsOwn(Runnable task) {
        Thread thread = new Thread(task, "pramd-stop");
        thread.setDaemon(true);
        thread.start();
    }

    private void end(Serving ending) {
        try {
            ending.stop(drain);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody else knows the thread of a stop", e);
        }
        if (!ending.isReleased()) {
            throw StoreException.of(
                    Errno.EBUSY,
                    "some work did not end in time, this JVM keeps the file locked: file="
                            + memory);
        }
    }

    /**
     * Starts again, on the same memory file and the same addresses; stops first when it runs.
     *
     * @throws StoreException as {@link #stop} and {@link Builder#start}
     */
    public void restart() {
        if (isClosed) {
            throw new IllegalStateException("this daemon is closed");
        }
        stop();
        launch();
    }

    /**
     * As {@link #stop}, and removes what it had in its temporary folder. Idempotent.
     *
     * @throws StoreException as {@link #stop}
     */
    @Override
    public void close() {
        isClosed = true;
        try {
            stop();
        } finally {
            folder.close();
        }
    }
}
