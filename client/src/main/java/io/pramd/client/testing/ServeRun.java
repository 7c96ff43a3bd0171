package io.pramd.client.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Thread-safe. One process of {@code pramd serve}, from its start to its end. */
final class ServeRun {
    private static final String READY = "READY ";
    private static final long LAST_OUTPUT_MILLIS = 5_000;
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    private final Process process;
    private final List<String> output = new ArrayList<>();
    private final CompletableFuture<List<String>> ready = new CompletableFuture<>();
    private final Thread reader = new Thread(this::readOutput, "pramd-process-output");

    private ServeRun(Process process) {
        this.process = process;
        reader.setDaemon(true);
        reader.start();
    }

    static ServeRun start(ProcessBuilder builder) {
        try {
            return new ServeRun(ExitHook.start(builder));
        } catch (IOException e) {
            throw new PramdProcessException(
                    "pramd cannot be started: command=" + builder.command(), e);
        }
    }

    /** Somebody must: a pipe that is full would stop the daemon. */
    private void readOutput() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (output) {
                    output.add(line);
                }
                if (line.startsWith(READY)) {
                    ready.complete(List.of(line.substring(READY.length()).split(" ")));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            ready.completeExceptionally(new IllegalStateException("stdout ended without READY"));
        }
    }

    /**
     * The listeners that it names when it is ready; none when its stdout has ended without.
     *
     * @throws TimeoutException when the time is up
     */
    List<String> awaitReady(Duration patience) throws InterruptedException, TimeoutException {
        try {
            return ready.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            return List.of();
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    List<String> output() {
        synchronized (output) {
            return List.copyOf(output);
        }
    }

    /** SIGTERM, and goes on at once. */
    void terminate() {
        // destroy() of the process itself would close its stdout, and lose what comes last
        process.toHandle().destroy();
    }

    /**
     * The exit code, behind the last of its output.
     *
     * @throws TimeoutException when the time is up
     */
    int awaitExit(Duration limit) throws InterruptedException, TimeoutException {
        if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException();
        }
        reader.join(LAST_OUTPUT_MILLIS);
        ExitHook.ended(process);
        return process.exitValue();
    }

    /** SIGKILL; returns when the kernel has taken everything back. */
    void kill() {
        killTree(process);
        awaitKilled(process);
        ExitHook.ended(process);
    }

    /** A command that does not become the daemon, but starts it, leaves nothing behind either. */
    static void killTree(Process process) {
        if (process.isAlive()) {
            // looked for first: they cannot be found once their parent is gone
            List<ProcessHandle> descendants = process.descendants().toList();
            Stream.concat(Stream.of(process.toHandle()), descendants.stream())
                    .forEach(ProcessHandle::destroyForcibly);
        }
    }

    static void awaitKilled(Process process) {
        long deadline = System.nanoTime() + KILL_LIMIT.toNanos();
        boolean isInterrupted = false;
        boolean isGone = false;
        while (!isGone) {
            try {
                isGone = process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (!isGone) {
                    throw new PramdProcessException("pramd does not die: pid=" + process.pid());
                }
            } catch (InterruptedException e) {
                isInterrupted = true; // a process left behind would be worse than being late
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
