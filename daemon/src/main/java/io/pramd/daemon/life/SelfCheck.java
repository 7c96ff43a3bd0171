package io.pramd.daemon.life;

import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckProblem;
import io.pramd.daemon.recovery.FsckReport;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Thread-safe. Has a running daemon check its own memory file as {@code pramd fsck} does beside it,
 * one check at a time, on a thread that nobody else waits for.
 */
final class SelfCheck implements Supplier<CompletableFuture<List<String>>>, AutoCloseable {
    private final Path memory;
    private final ExecutorService checks =
            Executors.newSingleThreadExecutor(
                    task -> {
                        Thread thread = new Thread(task, "pramd-check");
                        thread.setDaemon(true);
                        return thread;
                    });

    SelfCheck(Path memory) {
        this.memory = memory;
    }

    @Override
    public CompletableFuture<List<String>> get() {
        return CompletableFuture.supplyAsync(this::check, checks);
    }

    private List<String> check() {
        FsckReport report = Fsck.check(memory);
        return report.problems().stream().map(FsckProblem::text).toList();
    }

    /** Interrupts a check that is under way. */
    @Override
    public void close() {
        checks.shutdownNow();
    }
}
