package io.pramd.daemon.node;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.quota.Quotas;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Immutable. What a save stream works with.
 *
 * @param refusal why nothing can be saved any more
 */
record SaveParts(
        StoreContext context,
        NodeTable table,
        Quotas quotas,
        FrameGrants.Source frames,
        NodeWriter nodes,
        Submitter submitter,
        Supplier<Optional<StoreException>> refusal) {

    /** Hands a finished stream to the committer. */
    @FunctionalInterface
    interface Submitter {
        void submit(SaveStream stream, Node node, CompletableFuture<Long> answer);
    }
}
