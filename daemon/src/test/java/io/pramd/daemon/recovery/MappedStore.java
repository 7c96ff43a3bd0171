package io.pramd.daemon.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.FrameCensus;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.layout.FileLayout;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One owner. A map of a store whose surveys are always new, and what must be true of it. */
final class MappedStore implements AutoCloseable {
    private static final FrameMap.Pace AT_ONCE =
            new FrameMap.Pace(Duration.ZERO, 0, Duration.ofSeconds(60));

    private final StoreFixture fixture;
    private final FrameMap map;

    MappedStore(StoreFixture fixture) {
        this(fixture, AT_ONCE);
    }

    MappedStore(StoreFixture fixture, FrameMap.Pace pace) {
        this.fixture = fixture;
        this.map = new FrameMap(fixture.store(), fixture.memory(), InstantSource.system(), pace);
    }

    <T> T ask(Function<FrameLook, T> question) {
        return map.ask(question).toCompletableFuture().join();
    }

    FrameMap map() {
        return map;
    }

    long count(FrameState state) {
        return counts().get(state);
    }

    Map<FrameState, Long> counts() {
        FrameTotals totals = ask(FrameLook::totals);
        assertThat(totals.byState().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(totals.frames());
        return totals.byState();
    }

    FrameState state(long pfn) {
        return ask(look -> look.frame(pfn)).state();
    }

    List<NodeRow> nodes() {
        return ask(look ->
                        look.nodes(new NodeQuery("", "", NodeQuery.Sort.SEQUENCE, false, 0, 500)))
                .nodes();
    }

    /** Nothing is under way: what the map counts is what info says, and what the root reaches. */
    void requireAtRest() {
        // what is dropped is given back in the background, between any two questions
        Await.until("as info says, and still so behind it", this::isAtRest);
        Map<FrameState, Long> counts = counts();
        assertThat(counts.values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(fixture.info("frames.total"));
        assertThat(counts.get(FrameState.PINNED)).isZero();
        assertThat(counts.get(FrameState.BANNED)).isEqualTo(2L * FileLayout.FIXED_FRAMES);
    }

    /** What is free is what info says, once what is not needed has been given back. */
    void requireFreeAsInfoSays() {
        // workers give it back, also what one still looks for when its save ends: at any moment
        Await.until("free as info says, and still so behind it", this::isFreeAsInfoSays);
    }

    private boolean isFreeAsInfoSays() {
        long free = fixture.info("frames.free");
        return count(FrameState.FREE) == free && fixture.info("frames.free") == free;
    }

    private boolean isAtRest() {
        long held = fixture.info("frames.held");
        return count(FrameState.SAVING) == 0
                && isFreeAsInfoSays()
                && count(FrameState.HELD) == held
                && fixture.info("frames.held") == held;
    }

    /** And each frame that the root reaches is in its role. */
    void requireAsTheCensusSays() {
        requireAtRest();
        FrameCensus census = fixture.census();
        Map<FrameState, Long> counts = counts();
        assertThat(counts.get(FrameState.DATA)).isEqualTo(census.dataFrames().cardinality());
        assertThat(counts.get(FrameState.METADATA))
                .isEqualTo(
                        census.directoryFrames().cardinality()
                                + census.nodeFrames().cardinality()
                                + census.linkFrames().cardinality());
        census.dataFrames().stream()
                .limit(50)
                .forEach(pfn -> assertThat(state(pfn)).isEqualTo(FrameState.DATA));
        census.linkFrames().stream().forEach(pfn -> assertThat(role(pfn)).isEqualTo("link"));
        census.nodeFrames().stream().forEach(pfn -> assertThat(role(pfn)).isEqualTo("node"));
        census.directoryFrames().stream()
                .forEach(pfn -> assertThat(role(pfn)).isEqualTo("directory"));
    }

    String role(long pfn) {
        return ask(look -> look.frame(pfn)).role();
    }

    @Override
    public void close() {
        map.close();
    }
}
