package io.pramd.daemon.life;

import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckProblem;
import io.pramd.daemon.recovery.FsckReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Thread-safe. Has a running daemon check its own memory file as {@code pramd fsck} does beside it,
 * and its counts with it: one check at a time, on a thread that nobody else waits for.
 */
final class SelfCheck implements Supplier<CompletableFuture<List<String>>>, AutoCloseable {
    private final Path memory;
    private final Supplier<List<String>> audit;
    private final ExecutorService checks =
            Executors.newSingleThreadExecutor(
                    task -> {
                        Thread thread = new Thread(task, "pramd-check");
                        thread.setDaemon(true);
                        return thread;
                    });

    /**
     * @param audit compares what the daemon counts with what the file says
     */
    SelfCheck(Path memory, Supplier<List<String>> audit) {
        this.memory = memory;
        this.audit = audit;
    }

    @Override
    public CompletableFuture<List<String>> get() {
        return CompletableFuture.supplyAsync(this::check, checks);
    }

    private List<String> check() {
        FsckReport report = Fsck.check(memory);
        List<String> problems = new ArrayList<>();
        report.problems().stream().map(FsckProblem::text).forEach(problems::add);
        problems.addAll(audit.get());
        return problems;
    }

    /** Interrupts a check that is under way. */
    @Override
    public void close() {
        checks.shutdownNow();
    }
}
