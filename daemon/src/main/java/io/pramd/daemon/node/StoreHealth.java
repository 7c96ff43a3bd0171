package io.pramd.daemon.node;

import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Whether the store has become read-only, and why: something failed behind which no
 * change can be made durable, or whole. It never becomes writable again.
 */
final class StoreHealth {
    private static final Logger LOG = LoggerFactory.getLogger(StoreHealth.class);

    private final MappedMemory memory;
    private final CompletableFuture<StoreException> failed = new CompletableFuture<>();

    StoreHealth(MappedMemory memory) {
        this.memory = memory;
    }

    /** Completes with the reason. */
    CompletableFuture<StoreException> failed() {
        return failed;
    }

    boolean isReadOnly() {
        return failed.isDone();
    }

    /** What a change is answered; empty while changes are possible. */
    Optional<StoreException> refusal() {
        return isReadOnly()
                ? Optional.of(StoreException.of(Errno.EROFS, "the store is read-only: " + reason()))
                : Optional.empty();
    }

    /** Empty while changes are possible. */
    String reason() {
        return isReadOnly() ? failed.join().getMessage() : "";
    }

    /** The first reason stays; answers whether it is this one. */
    synchronized boolean fail(StoreException why) {
        if (isReadOnly()) {
            return false;
        }
        markForceFailed(why); // first, so that no start believes what may not be on the device
        return failed.complete(why);
    }

    private void markForceFailed(StoreException why) {
        if (!memory.forcer().hasFailed()) {
            return;
        }
        try {
            new ForceMarker(memory.path()).create(why.getMessage());
        } catch (StoreException e) {
            // the note of the run record stays, and those who wait must hear all the same
            LOG.error("cannot say beside the file that a force failed: {}", e.getMessage());
        }
    }
}
