package io.pramd.daemon.recovery;

import io.pramd.daemon.memory.HandedOut;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.StoreView;
import io.pramd.daemon.node.SurveyedRoot;
import io.pramd.daemon.node.WatchedRoot;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Thread-safe. What every frame is used for, as of the moment in which a root was in force, and the
 * nodes that it had. Its bytes outside the heap live as long as somebody has it.
 */
final class FrameSurvey {
    private final StoreView.Key key;
    private final Found found;
    private final long asOfMillis;
    private final long tookNanos;
    private final AtomicInteger holders = new AtomicInteger(1);

    /** What a walk has made. */
    private record Found(
            FrameCells cells, NodeRows rows, boolean isIncomplete, HandedOut handedOut) {}

    private FrameSurvey(StoreView.Key key, Found found, long asOfMillis, long tookNanos) {
        this.key = key;
        this.found = found;
        this.asOfMillis = asOfMillis;
        this.tookNanos = tookNanos;
    }

    /**
     * Looks at a running store. Empty before its references are counted.
     *
     * @param isStopped asked often
     * @throws SurveyWalk.Stopped when it is
     */
    static Optional<FrameSurvey> of(
            StoreView store,
            MappedMemory memory,
            byte[] uuid,
            InstantSource clock,
            BooleanSupplier isStopped) {
        long asOf = clock.millis();
        long begin = System.nanoTime();
        Optional<StoreView.Key> before = store.key();
        Optional<SurveyedRoot> taken = store.survey();
        if (before.isEmpty() || taken.isEmpty()) {
            return Optional.empty();
        }
        StoreView.Key key =
                new StoreView.Key(
                        taken.get().watched().root().sequence(),
                        taken.get().pinnings(),
                        before.get().quarantined());
        FrameCells cells = new FrameCells(memory.frameCount());
        try {
            SurveyWalk walk = new SurveyWalk(memory, uuid, cells, isStopped);
            NodeRows rows;
            try (WatchedRoot watched = taken.get().watched()) {
                DirectoryTree tree =
                        new TreeReader(memory, uuid, cells.frameCount()).read(watched.root());
                walk.directory(tree);
                rows = walk.nodes(tree.leaves(), store.quarantined());
            }
            walk.dropped(taken.get().dropped()); // those the root does not reach
            long took = System.nanoTime() - begin;
            Found found =
                    new Found(
                            cells,
                            rows,
                            walk.isIncomplete(),
                            taken.get().watched().allocator().handedOut());
            return Optional.of(new FrameSurvey(key, found, asOf, took));
        } catch (RuntimeException | Error e) {
            cells.close();
            throw e;
        }
    }

    StoreView.Key key() {
        return key;
    }

    FrameCells cells() {
        return found.cells();
    }

    NodeRows rows() {
        return found.rows();
    }

    HandedOut handedOut() {
        return found.handedOut();
    }

    /** Whether something is damaged of which not all frames were found. */
    boolean isIncomplete() {
        return found.isIncomplete();
    }

    long asOfMillis() {
        return asOfMillis;
    }

    long tookNanos() {
        return tookNanos;
    }

    /** One more has it. Only while somebody else has it, too. */
    void retain() {
        holders.incrementAndGet();
    }

    /** One fewer has it; the last frees its bytes. */
    void release() {
        if (holders.decrementAndGet() == 0) {
            found.cells().close();
        }
    }
}
