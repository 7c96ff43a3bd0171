package io.pramd.daemon.torture;

import io.pramd.daemon.fixture.DaemonProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** One owner. One life of a real daemon, which may be killed before it is ready. */
final class KillDaemon implements AutoCloseable {
    private static final String READY = "READY ";
    private static final String ADMIN = "ADMIN ";
    private static final long PATIENCE_SECONDS = 300; // on a machine that does other things, too
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private final Process process;
    private final CompletableFuture<String> uris = new CompletableFuture<>();
    private final CompletableFuture<Onlookers> onlookers = new CompletableFuture<>();
    private final Function<String, Onlookers> watch;
    private boolean isEnding; // guarded by this

    /**
     * Starts one in a folder, with its file and its log; does not wait.
     *
     * @param options of {@code pramd serve}, beside those for its file and its listeners
     * @param guard what stands before it; null: nothing, and one listener
     * @param watch begins to look at it, by the address of its admin listener; null: nobody does
     */
    KillDaemon(
            Path folder,
            List<String> options,
            KillGuard guard,
            Function<String, Onlookers> watch,
            Random random) {
        this.watch = watch;
        List<String> words = new ArrayList<>();
        words.add(DaemonProcess.launcher().toString());
        words.addAll(List.of("serve", "--memory", folder.resolve("memory").toString()));
        words.addAll(options);
        if (watch != null) {
            words.addAll(List.of("--admin", "127.0.0.1:0"));
        }
        Path socket = folder.resolve("socket");
        if (guard != null) {
            words.addAll(guard.words(socket));
        } else {
            words.add("--listen");
            words.add(random.nextInt(3) == 0 ? "pram+unix://" + socket : "pram://127.0.0.1:0");
        }
        ProcessBuilder builder =
                new ProcessBuilder(words)
                        .redirectError(
                                ProcessBuilder.Redirect.appendTo(
                                        folder.resolve(KillEvidence.LOG).toFile()));
        builder.environment().put("PRAMD_OPTS", random.nextBoolean() ? QUICK_START : "");
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::hear);
    }

    private void hear() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            if (line != null && line.startsWith(READY)) {
                uris.complete(line.substring(READY.length()).strip().replace(' ', ','));
            } else {
                uris.completeExceptionally(new IOException("pramd said: " + line));
            }
            while (line != null) {
                if (line.startsWith(ADMIN)) {
                    letIn(line.substring(ADMIN.length()).strip());
                }
                line = lines.readLine();
            }
        } catch (IOException e) {
            uris.completeExceptionally(e); // it was killed
        }
    }

    /** Its listeners, separated by commas, as soon as it is ready. */
    String awaitReady() throws InterruptedException {
        try {
            return uris.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("pramd does not start: " + e.getMessage(), e);
        }
    }

    private synchronized void letIn(String admin) {
        if (watch != null && !isEnding) {
            onlookers.complete(watch.apply(admin));
        }
    }

    /** Those who look at it, as soon as they do. */
    Onlookers awaitOnlookers() throws InterruptedException {
        try {
            return onlookers.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("pramd has no admin listener: " + e.getMessage(), e);
        }
    }

    /** From now on nobody need be answered. */
    private synchronized Onlookers expectEnd() {
        isEnding = true;
        Onlookers all = onlookers.getNow(null);
        if (all != null) {
            all.expectEnd();
        }
        return all;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM. */
    void terminate() {
        expectEnd();
        process.toHandle().destroy();
    }

    /** The exit code of one that was told to end. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            kill();
            throw new IllegalStateException("pramd does not stop");
        }
        return process.exitValue();
    }

    /** SIGKILL; returns when the kernel has taken everything back. */
    void kill() {
        Onlookers all = expectEnd();
        process.destroyForcibly().onExit().join();
        if (all != null) {
            all.close();
        }
    }

    @Override
    public void close() {
        kill();
    }

    /** Nothing of an earlier run: the file, and what a kill while it was made has left. */
    static void forget(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.matches("memory(\\..*)?|socket.*|.*\\.journal|(daemon|clients)\\.log")) {
                    Files.delete(file);
                }
            }
        }
    }
}
