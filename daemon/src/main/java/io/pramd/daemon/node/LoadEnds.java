package io.pramd.daemon.node;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Thread-safe. What load streams ask of the store. */
final class LoadEnds implements LoadStream.Owner {
    private final NodeTable table;
    private final StoreHealth health;
    private final CompletableFuture<Changes> changes;
    private final Supplier<CompletableFuture<Changes>> afterWalk;

    /**
     * @param changes there once the walk is done
     * @param afterWalk the same for who waits, with a deadline
     */
    LoadEnds(
            NodeTable table,
            StoreHealth health,
            CompletableFuture<Changes> changes,
            Supplier<CompletableFuture<Changes>> afterWalk) {
        this.table = table;
        this.health = health;
        this.changes = changes;
        this.afterWalk = afterWalk;
    }

    @Override
    public void unpin(Node node) {
        if (table.unpin(node)) {
            changes.thenAccept(ready -> ready.unpinned(node));
        }
    }

    @Override
    public boolean isReadOnly() {
        return health.isReadOnly();
    }

    @Override
    public void abortLoad(Node node) {
        table.abortLoad(node);
    }

    @Override
    public CompletableFuture<Long> consume(Node node, long sequence) {
        return afterWalk
                .get()
                .thenCompose(
                        ready -> {
                            table.leaveAfterLoad(node, sequence);
                            return ready.drop(node, State.LOADING);
                        });
    }

    @Override
    public void quarantine(Node node, String reason) {
        table.quarantine(node, reason);
    }
}
