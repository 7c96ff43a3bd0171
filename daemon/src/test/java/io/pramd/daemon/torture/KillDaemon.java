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

/** One owner. One life of a real daemon, which may be killed before it is ready. */
final class KillDaemon implements AutoCloseable {
    private static final String READY = "READY ";
    private static final long PATIENCE_SECONDS = 300; // on a machine that does other things, too
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private final Process process;
    private final CompletableFuture<String> uris = new CompletableFuture<>();

    /**
     * Starts one in a folder, with its file and its log; does not wait.
     *
     * @param guard what stands before it; null: nothing, and one listener
     */
    KillDaemon(Path folder, String level, long sizeBytes, KillGuard guard, Random random) {
        List<String> words = new ArrayList<>();
        words.add(DaemonProcess.launcher().toString());
        words.addAll(List.of("serve", "--memory", folder.resolve("memory").toString()));
        words.addAll(List.of("--size", Long.toString(sizeBytes)));
        words.addAll(List.of("--durability", level, "--drain", "300ms"));
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
                                        folder.resolve("daemon.log").toFile()));
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

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM. */
    void terminate() {
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
        process.destroyForcibly().onExit().join();
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
