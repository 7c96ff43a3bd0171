package io.pramd.daemon.recovery;

import io.pramd.daemon.memory.HandedOut;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.StoreView;
import io.pramd.daemon.node.SurveyedRoot;
import io.pramd.daemon.node.WatchedRoot;
import java.lang.foreign.Arena;
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
    private final Arena arena;
    private final FrameCells cells;
    private final NodeRows rows;
    private final HandedOut handedOut;
    private final boolean isIncomplete;
    private final long asOfMillis;
    private final long tookNanos;
    private final AtomicInteger holders = new AtomicInteger(1);

    /** What a walk has made. */
    private record Found(FrameCells cells, NodeRows rows, SurveyWalk walk, HandedOut handedOut) {}

    private FrameSurvey(
            Arena arena, StoreView.Key key, Found found, long asOfMillis, long tookNanos) {
        this.arena = arena;
        this.key = key;
        this.cells = found.cells();
        this.rows = found.rows();
        this.handedOut = found.handedOut();
        this.isIncomplete = found.walk().isIncomplete();
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
        if (before.isEmpty()) {
            return Optional.empty(); // before a root is taken, which would never be given back
        }
        Optional<SurveyedRoot> taken = store.survey();
        if (taken.isEmpty()) {
            return Optional.empty();
        }
        StoreView.Key key =
                new StoreView.Key(
                        taken.get().watched().root().sequence(),
                        taken.get().pinnings(),
                        before.get().quarantined());
        Arena arena = Arena.ofShared();
        Found found;
        try {
            try (WatchedRoot watched = taken.get().watched()) {
                found = walk(watched, new Place(store, memory, uuid, arena, isStopped));
            }
            found.walk().dropped(taken.get().dropped()); // the root does not reach these
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
        return Optional.of(new FrameSurvey(arena, key, found, asOf, System.nanoTime() - begin));
    }

    /** Where a walk goes. */
    private record Place(
            StoreView store,
            MappedMemory memory,
            byte[] uuid,
            Arena arena,
            BooleanSupplier isStopped) {}

    private static Found walk(WatchedRoot watched, Place place) {
        // by now: what the root reaches is in the file
        FrameCells cells = new FrameCells(place.arena(), place.memory().frameCount());
        SurveyWalk walk = new SurveyWalk(place.memory(), place.uuid(), cells, place.isStopped());
        DirectoryTree tree =
                new TreeReader(place.memory(), place.uuid(), cells.frameCount())
                        .read(watched.root());
        walk.directory(tree);
        NodeRows rows = new NodeRows(place.arena(), tree.leaves().count());
        walk.nodes(tree.leaves(), place.store().quarantined(), rows);
        return new Found(cells, rows, walk, watched.allocator().handedOut());
    }

    StoreView.Key key() {
        return key;
    }

    FrameCells cells() {
        return cells;
    }

    NodeRows rows() {
        return rows;
    }

    HandedOut handedOut() {
        return handedOut;
    }

    /** Whether something is damaged of which not all frames were found. */
    boolean isIncomplete() {
        return isIncomplete;
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
            arena.close();
        }
    }
}
