package io.pramd.client.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * One owner. A real {@code pramd serve} in a process of its own, for tests of programs that use it.
 *
 * <p>Unless told otherwise it serves a new memory file in a temporary folder, on a free port of
 * 127.0.0.1. It is gone at the latest when this JVM ends (by SIGKILL excepted), and so are its
 * temporary files. All methods throw {@link PramdProcessException} when the daemon does not do as
 * it should.
 */
public final class PramdProcess implements AutoCloseable {
    private static final long DEFAULT_SIZE_BYTES = 64L << 20;
    private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(60);
    private static final String FREE_PORT = "pram://127.0.0.1:0";

    private final List<String> command;
    private final List<String> options;
    private final Map<String, String> environment;
    private final long sizeBytes;
    private final Duration patience;
    private final TempFolder folder = new TempFolder();
    private final Path memory;
    private final LogFile log;
    private List<String> listeners;
    private ServeRun run;
    private boolean isClosed;

    private PramdProcess(Builder builder) {
        command = builder.command.isEmpty() ? List.of(foundCommand()) : builder.command;
        options = List.copyOf(builder.options);
        environment = Map.copyOf(builder.environment);
        sizeBytes = builder.sizeBytes;
        patience = builder.patience;
        memory = builder.memory == null ? folder.resolve("memory") : builder.memory;
        log = new LogFile(builder.log == null ? folder.resolve("log") : builder.log);
        listeners = new ArrayList<>(builder.listeners);
        if (builder.hasOwnSocket) {
            listeners.add("pram+unix://" + folder.resolve("socket"));
        }
        if (listeners.isEmpty()) {
            listeners.add(FREE_PORT);
        }
    }

    private static String foundCommand() {
        return CommandFinder.ofThisJvm().find();
    }

    /** Starts a daemon with all defaults, and returns when it is ready. */
    public static PramdProcess start() {
        return builder().start();
    }

    /** A daemon that is to be started in another way. */
    public static Builder builder() {
        return new Builder();
    }

    /** One owner. How to start a daemon. */
    public static final class Builder {
        private List<String> command = List.of();
        private final List<String> options = new ArrayList<>();
        private final List<String> listeners = new ArrayList<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private Path memory;
        private Path log;
        private boolean hasOwnSocket;
        private long sizeBytes;
        private Duration patience = DEFAULT_PATIENCE;

        private Builder() {}

        /**
         * What stands before {@code serve}; it must become the daemon, as the launcher {@code
         * pramd} does. Default: the file that the system property {@code pramd.command} names, else
         * that of the environment variable {@code PRAMD_COMMAND}, else {@code pramd} on the PATH.
         */
        public Builder command(String... words) {
            command = List.of(words);
            return this;
        }

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
         * Listens here instead, also when called again: {@code pram://}, {@code prams://} or {@code
         * pram+unix://}; port 0 is a free one. For {@code prams://} the daemon needs options.
         */
        public Builder listen(String... uris) {
            listeners.addAll(List.of(uris));
            return this;
        }

        /**
         * Further options of {@code pramd serve}.
         *
         * @throws IllegalArgumentException for {@code --memory} and {@code --listen}, which have
         *     methods of their own
         */
        public Builder options(String... words) {
            for (String word : words) {
                if (word.matches("--(memory|listen)(=.*)?")) {
                    throw new IllegalArgumentException(
                            word + " is no further option: call memory() or listen()");
                }
                options.add(word);
            }
            return this;
        }

        /**
         * A variable on top of this JVM's environment, of which variables {@code PRAMD_...} are
         * left out, but for {@code PRAMD_OPTS}: neither they nor {@code /etc/pramd/pramd.conf} set
         * options of this daemon, unless they are given here.
         */
        public Builder environment(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /** Appends what the daemon logs to this file, and leaves it behind. */
        public Builder log(Path file) {
            log = file.toAbsolutePath();
            return this;
        }

        /** How long the daemon may take to get ready, and to end cleanly. Default: 60 s. */
        public Builder patience(Duration limit) {
            patience = limit;
            return this;
        }

        /** Starts the daemon, and returns when it is ready. */
        public PramdProcess start() {
            PramdProcess daemon = new PramdProcess(this);
            boolean isReady = false;
            try {
                daemon.launch();
                isReady = true;
                return daemon;
            } finally {
                if (!isReady) {
                    daemon.close();
                }
            }
        }
    }

    private void launch() {
        log.beginStart();
        ProcessBuilder builder = new ProcessBuilder(serve()).redirectError(log.redirect());
        // what a daemon of this machine goes by is not for this one
        builder.environment().keySet().removeIf(PramdProcess::isSetting);
        builder.environment().put("PRAMD_CONFIG", "/dev/null");
        builder.environment().putAll(environment);
        run = ServeRun.start(builder);
        try {
            List<String> ready = run.awaitReady(patience);
            if (ready.isEmpty()) {
                throw failed("pramd ended before it was ready: exitCode=" + exitCodeSoon());
            }
            listeners = ready; // with the port that the kernel chose: it is asked for from now on
        } catch (TimeoutException e) {
            run.kill();
            throw failed("pramd was not ready in time: limit=" + patience);
        } catch (InterruptedException e) {
            run.kill();
            Thread.currentThread().interrupt();
            throw failed("interrupted while pramd was starting");
        }
    }

    private static boolean isSetting(String variable) {
        return variable.startsWith("PRAMD_") && !variable.equals("PRAMD_OPTS");
    }

    private List<String> serve() {
        List<String> words = new ArrayList<>(command);
        Collections.addAll(words, "serve", "--memory", memory.toString());
        if (sizeBytes > 0) {
            Collections.addAll(words, "--size", String.valueOf(sizeBytes));
        } else if (isCreated() && options.stream().noneMatch(word -> word.startsWith("--size"))) {
            Collections.addAll(words, "--size", String.valueOf(DEFAULT_SIZE_BYTES));
        }
        listeners.forEach(uri -> Collections.addAll(words, "--listen", uri));
        words.addAll(options);
        return words;
    }

    private boolean isCreated() {
        try {
            return !Files.exists(memory) || Files.isRegularFile(memory) && Files.size(memory) == 0;
        } catch (IOException e) {
            throw new PramdProcessException("cannot look at the memory file: " + memory, e);
        }
    }

    /** Whoever closes stdout is about to end; one that goes on all the same is killed. */
    private String exitCodeSoon() throws InterruptedException {
        try {
            return String.valueOf(run.awaitExit(Duration.ofSeconds(5)));
        } catch (TimeoutException e) {
            run.kill();
            return "none, it was killed after it had closed its stdout";
        }
    }

    private PramdProcessException failed(String what) {
        return new PramdProcessException(
                what + " memory=" + memory + " output=" + run.output() + log.tail());
    }

    /** Its first listener, for {@code PramClient.connect}; the same after every restart. */
    public String uri() {
        return listeners.get(0);
    }

    /** All its listeners, in the order given. */
    public List<String> uris() {
        return List.copyOf(listeners);
    }

    /** The memory file. */
    public Path memory() {
        return memory;
    }

    /** The process that runs, or ran last. */
    public long pid() {
        return run.pid();
    }

    /** Whether the process still runs. */
    public boolean isRunning() {
        return run.isAlive();
    }

    /** All that the daemon has written to stderr, over all its starts. Not after close. */
    public String log() {
        return log.text();
    }

    /** The lines that the daemon has written to stdout since its last start. */
    public List<String> output() {
        return run.output();
    }

    /** SIGKILL; returns when the process is gone. Does nothing when it is already. */
    public void kill() {
        run.kill();
    }

    /** SIGTERM, and goes on at once, to see what happens while the daemon ends. */
    public void terminate() {
        run.terminate();
    }

    /**
     * Waits for the daemon's end.
     *
     * @return its exit code
     */
    public int awaitExit() {
        try {
            return run.awaitExit(patience);
        } catch (TimeoutException e) {
            run.kill();
            throw failed("pramd did not end in time and was killed: limit=" + patience);
        } catch (InterruptedException e) {
            run.kill();
            Thread.currentThread().interrupt();
            throw failed("interrupted while pramd was ending");
        }
    }

    /**
     * SIGTERM, on which a daemon ends cleanly.
     *
     * @return the exit code, 0 for a clean end; that of its end when it had ended before
     */
    public int stop() {
        terminate();
        return awaitExit();
    }

    /**
     * Starts the daemon again, on the same memory file and the same addresses, and returns when it
     * is ready. One that still runs is stopped first.
     */
    public void restart() {
        if (isClosed) {
            throw new IllegalStateException("this daemon is closed");
        }
        if (isRunning()) {
            int exitCode = stop();
            if (exitCode != 0) {
                throw failed("pramd did not stop cleanly: exitCode=" + exitCode);
            }
        }
        launch();
    }

    /** SIGKILL when it still runs; removes what it had in its temporary folder. Idempotent. */
    @Override
    public void close() {
        isClosed = true;
        if (run != null) {
            run.kill();
        }
        folder.close();
    }
}
