package io.pramd.daemon.node;

import io.pramd.daemon.memory.Extent;
import io.pramd.daemon.memory.FrameAllocator;
import io.pramd.daemon.memory.FrameAllocator.Purpose;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Thread-safe; blocks, for workers only. Finds frames for savers: when none are free but some are
 * held by the last forced root, it has a newer one forced first; while the file grows it waits.
 */
final class SpaceFinder {
    private static final long RELEASE_WAIT_MILLIS = 100;

    private final FrameAllocator allocator;
    private final Reclaimer reclaimer;
    private final RootForcer forcer;
    private final Growth growth;

    SpaceFinder(FrameAllocator allocator, Reclaimer reclaimer, RootForcer forcer, Growth growth) {
        this.allocator = allocator;
        this.reclaimer = reclaimer;
        this.forcer = forcer;
        this.growth = growth;
    }

    /**
     * An extent of at most so many frames.
     *
     * @throws StoreException ENOMEM when there is none and none comes by forcing, EIO when that
     *     fails
     */
    Extent requireExtent(int frames) {
        return require(() -> allocator.allocate(frames, Purpose.SAVE));
    }

    /**
     * Exactly so many single frames.
     *
     * @throws StoreException ENOMEM when there are not so many and no more come by forcing, EIO
     *     when that fails
     */
    long[] requireSingles(int frames) {
        return require(() -> allocator.allocateSingles(frames, Purpose.SAVE));
    }

    private <T> T require(Supplier<Optional<T>> allocation) {
        boolean hasMore = true;
        while (hasMore) {
            Optional<T> found = allocation.get();
            if (found.isPresent()) {
                return found.get();
            }
            hasMore = awaitMore();
        }
        return allocation
                .get()
                .orElseThrow(
                        () ->
                                StoreException.of(
                                        Errno.ENOMEM,
                                        "no frame left for saves: free="
                                                + allocator.freeFrames()
                                                + " held="
                                                + reclaimer.heldFrames()));
    }

    /**
     * Waits for frames that are being released, has a root forced that frees held ones, or waits
     * for the file to grow; false when none of these gives any.
     *
     * @throws StoreException EIO, outcome unknown, when the force fails: the store has failed then
     */
    boolean awaitMore() {
        try {
            if (reclaimer.awaitReleases(RELEASE_WAIT_MILLIS)) {
                return true;
            }
            if (reclaimer.wouldFreeByForce()) {
                forcer.request().join();
                return true;
            }
            return growth.awaitUnderWay();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException failure) {
                throw failure; // not "no frame left", which would invite the saver to free some
            }
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
