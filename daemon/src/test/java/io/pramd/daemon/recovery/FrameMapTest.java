package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.HeldDevice;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.FrameAllocator.Purpose;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.node.SaveStream;
import io.pramd.daemon.node.WatchedRoot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FrameMapTest {
    @TempDir Path folder;

    @TempDir(factory = OnDevice.class)
    Path device;

    private StoreFixture format() {
        return StoreFixture.format(folder.resolve("m"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyFrameIsWhatTheRootSays(boolean hasLinks) {
        Path file = folder.resolve("m");
        try (StoreFixture fixture =
                        hasLinks
                                ? StoreFixture.formatWithLinks(
                                        file, StoreFixture.SMALL_BYTES, How.THREADED)
                                : format();
                MappedStore map = new MappedStore(fixture)) {
            map.requireAsTheCensusSays();
            fixture.streams().save("bytes", bytes(1, 300 * PAGE + 17));
            fixture.streams().save(request("pages", NodeType.PAGE), bytes(2, 20 * PAGE));
            fixture.streams().save("empty", bytes(3, 0));
            fixture.streams().save(replacing("bytes", NodeType.BYTE), bytes(4, 40 * PAGE));
            await(fixture.store().remove("empty", 0));
            await(fixture.store().force());
            map.requireAsTheCensusSays();

            assertThat(map.nodes()).extracting(NodeRow::name).containsExactly("pages", "bytes");
            NodeRow row = map.nodes().getFirst();
            assertThat(row.bytes()).isEqualTo(20L * PAGE);
            assertThat(row.pages()).isEqualTo(20);
            assertThat(row.frames()).isEqualTo(hasLinks ? 22 : 21);
            assertThat(row.owner()).isEqualTo("tester");
            assertThat(row.type()).contains(NodeType.PAGE);
        }
    }

    @Test
    void holdsAfterARestartAndAfterAGrowth() {
        StoreFixture before = format();
        before.streams().save("a", bytes(1, 300 * PAGE));
        before.streams().save("b", bytes(2, 3 * PAGE));
        try (StoreFixture fixture = before.restart();
                MappedStore map = new MappedStore(fixture)) {
            map.requireAsTheCensusSays();
            await(fixture.store().grow(2 * StoreFixture.SMALL_BYTES));
            map.requireAsTheCensusSays();
            assertThat(map.ask(FrameLook::frameCount))
                    .isEqualTo(2 * StoreFixture.SMALL_BYTES / PAGE);
            fixture.streams().save("c", bytes(3, 2000 * PAGE));
            map.requireAsTheCensusSays();
        }
    }

    @Test
    void framesOfAnOpenSaveAreItsOwn() {
        try (StoreFixture fixture = format();
                MappedStore map = new MappedStore(fixture)) {
            fixture.streams().save("old", bytes(1, 10 * PAGE));
            map.requireAtRest();
            long free = map.count(FrameState.FREE);
            SaveStream stream = fixture.streams().open(replacing("old", NodeType.BYTE));
            fixture.streams().append(stream, bytes(2, 64 * PAGE));

            Map<FrameState, Long> counts = map.counts();
            assertThat(counts.get(FrameState.SAVING)).isGreaterThanOrEqualTo(64);
            assertThat(counts.get(FrameState.FREE) + counts.get(FrameState.SAVING)).isEqualTo(free);
            long pfn = first(map, FrameState.SAVING);
            FrameSeen seen = map.ask(look -> look.frame(pfn));
            assertThat(seen.role()).isEqualTo("saving");
            assertThat(seen.owner())
                    .contains(new FrameSeen.Owner("old", stream.sequence(), "saving"));
            assertThat(map.nodes()).extracting(NodeRow::state).containsExactly("saving", "ready");
            assertThat(map.nodes().getFirst().pages()).isEqualTo(64);
            assertThat(map.nodes().getLast().isReplacing()).isTrue();

            stream.discard();
            map.requireAsTheCensusSays();
        }
    }

    @Test
    void framesThatAWorkerFindsForASaveThatHasGoneAreNotKept() {
        try (StoreFixture fixture = format();
                MappedStore map = new MappedStore(fixture)) {
            for (int i = 0; i < 300; i++) {
                SaveStream stream = fixture.streams().open(request("a", NodeType.BYTE));
                fixture.streams().append(stream, bytes(2, 64 * PAGE));
                stream.discard();
                assertThat(map.count(FrameState.BANNED)).isEqualTo(2L * FileLayout.FIXED_FRAMES);
            }
        }
    }

    private static long first(MappedStore map, FrameState state) {
        String cells = map.ask(look -> look.cells(new CellQuery(0, 2048, 1, false))).cells();
        return cells.indexOf(state.letter());
    }

    @Test
    void aPeekedNodeIsPinnedAndStaysSoWhenItIsGone() {
        try (StoreFixture fixture = format();
                MappedStore map = new MappedStore(fixture)) {
            fixture.streams().save("a", bytes(1, 300 * PAGE));
            fixture.streams().save("b", bytes(1, 10 * PAGE));
            LoadStream peek = fixture.streams().openLoad("a", true);
            assertThat(map.count(FrameState.PINNED)).isEqualTo(303);
            assertThat(map.nodes().getFirst().isPinned()).isTrue();

            await(fixture.store().remove("a", 0));
            assertThat(map.count(FrameState.PINNED)).isEqualTo(303);
            assertThat(fixture.info("frames.held")).isEqualTo(303 + map.count(FrameState.HELD));
            assertThat(map.nodes()).extracting(NodeRow::name).containsExactly("b");
            long pfn = first(map, FrameState.PINNED);
            assertThat(map.ask(look -> look.frame(pfn)).owner()).isEmpty();

            peek.abort();
            map.requireAsTheCensusSays();
        }
    }

    @Test
    void whatAForcedRootReachesIsHeldUntilANewerOneIsForced() {
        try (StoreFixture fixture =
                        StoreFixture.format(
                                device.resolve("m"),
                                StoreFixture.SMALL_BYTES,
                                How.ON_CALLER_ALONE.at(Durability.INTERVAL));
                MappedStore map = new MappedStore(fixture)) {
            fixture.streams().save("a", bytes(1, 300 * PAGE));
            await(fixture.store().force());
            map.requireAtRest();
            await(fixture.store().remove("a", 0));
            map.requireAtRest();
            assertThat(map.count(FrameState.HELD)).isGreaterThanOrEqualTo(303);

            await(fixture.store().force());
            map.requireAsTheCensusSays();
            assertThat(map.count(FrameState.HELD)).isZero();
        }
    }

    @Test
    void whatOnlyAForcedRootReachesAtTheOpeningIsHeld() {
        Path file = device.resolve("m");
        StoreFixture first =
                StoreFixture.format(file, StoreFixture.SMALL_BYTES, How.ON_CALLER_ALONE);
        first.streams().save("a", bytes(1, 300 * PAGE));
        await(first.store().force());
        await(first.store().remove("a", 0));
        first.kill();
        try (StoreFixture fixture = StoreFixture.open(file, How.ON_CALLER_ALONE);
                MappedStore map = new MappedStore(fixture)) {
            assertThat(fixture.info("frames.held")).isGreaterThanOrEqualTo(303);
            map.requireAtRest();
        }
    }

    @Test
    void aHeldNodeThatIsReadIsPinnedOnceARootWasForced() {
        try (StoreFixture fixture =
                        StoreFixture.format(
                                device.resolve("m"),
                                StoreFixture.SMALL_BYTES,
                                How.ON_CALLER_ALONE);
                MappedStore map = new MappedStore(fixture)) {
            fixture.streams().save("a", bytes(1, 300 * PAGE));
            await(fixture.store().force());
            LoadStream peek = fixture.streams().openLoad("a", true);
            await(fixture.store().remove("a", 0));
            assertThat(map.count(FrameState.HELD)).isGreaterThanOrEqualTo(303);
            await(fixture.store().force());
            assertThat(map.count(FrameState.HELD)).isZero();
            assertThat(map.count(FrameState.PINNED)).isEqualTo(303);
            peek.abort();
            map.requireAsTheCensusSays();
        }
    }

    @Test
    void aSaveThatWaitsForItsForceIsReachedAlready() {
        HeldDevice held = new HeldDevice();
        try (StoreFixture fixture =
                        StoreFixture.format(
                                device.resolve("m"),
                                StoreFixture.SMALL_BYTES,
                                How.THREADED.observedBy(held).at(Durability.POWER));
                MappedStore map = new MappedStore(fixture)) {
            held.hold();
            SaveStream stream = fixture.streams().open(request("a", NodeType.BYTE));
            fixture.streams().append(stream, bytes(1, 300 * PAGE));
            CompletableFuture<Long> answer = stream.finish(300L * PAGE);
            held.awaitForce();
            Await.until(
                    "published",
                    () -> map.nodes().size() == 1 && map.count(FrameState.SAVING) == 0);

            assertThat(map.count(FrameState.DATA)).isEqualTo(300);
            assertThat(map.nodes().getFirst().state()).isEqualTo("saving");
            held.letGo();
            await(answer);
            map.requireAsTheCensusSays();
        }
    }

    @Test
    void framesThatNothingReachesAreKeptUntilTheNextStart() {
        try (StoreFixture fixture = format().damaged();
                MappedStore map = new MappedStore(fixture)) {
            fixture.streams().save("a", bytes(1, 5000));
            try (WatchedRoot watched = fixture.store().view().watchRoot().orElseThrow()) {
                watched.allocator().allocate(3, Purpose.SAVE);
            }
            assertThat(map.count(FrameState.BANNED)).isEqualTo(32 + 3);
            assertThat(map.count(FrameState.SAVING)).isZero();
        }
    }

    @Test
    void nobodyIsAnsweredBeforeTheWalk() {
        Path file = folder.resolve("m");
        StoreFixture.format(file).close();
        StoreFixture fixture = StoreFixture.openWithoutWalk(file, How.THREADED);
        try (MappedStore map = new MappedStore(fixture)) {
            assertThatThrownBy(map::counts)
                    .hasCauseInstanceOf(StoreException.class)
                    .hasMessageContaining("references are still being counted: ");
            fixture.opened().recover();
            map.requireAtRest();
        }
        fixture.close();
    }

    @Test
    void aSurveyIsUsedAgainUntilTheRootChanges() {
        try (StoreFixture fixture = format();
                MappedStore map = new MappedStore(fixture)) {
            fixture.streams().save("a", bytes(1, 5 * PAGE));
            long made = map.ask(FrameLook::asOfMillis);
            String version = map.ask(FrameLook::version);
            assertThat(map.ask(FrameLook::version)).isEqualTo(version);
            assertThat(map.ask(FrameLook::asOfMillis)).isEqualTo(made);
            fixture.streams().save("b", bytes(1, 5 * PAGE));
            assertThat(map.ask(FrameLook::version)).isNotEqualTo(version);
            assertThat(map.nodes()).hasSize(2);
        }
    }

    @Test
    void aYoungSurveyIsUsedAgainAndShowsWhatHasChangedSince() {
        FrameMap.Pace pace = new FrameMap.Pace(Duration.ofHours(1), 0, Duration.ofSeconds(60));
        try (StoreFixture fixture = format();
                MappedStore map = new MappedStore(fixture, pace)) {
            fixture.streams().save("a", bytes(1, 5 * PAGE));
            fixture.streams().save("b", bytes(1, 5 * PAGE));
            assertThat(map.nodes()).hasSize(2);
            await(fixture.store().remove("a", 0));
            await(fixture.store().force());
            fixture.requireHeldAtMost(0);
            fixture.streams().save("c", bytes(1, 50 * PAGE));

            assertThat(map.nodes()).extracting(NodeRow::name).containsExactly("b");
            map.requireFreeAsInfoSays();
            assertThat(map.count(FrameState.SAVING)).isPositive();
        }
    }

    @Test
    void withoutQuestionsThereIsNeitherAThreadNorASurvey() {
        FrameMap.Pace pace = new FrameMap.Pace(Duration.ZERO, 0, Duration.ofMillis(20));
        try (StoreFixture fixture = format();
                MappedStore map = new MappedStore(fixture, pace)) {
            assertThat(map.map().isIdle()).isTrue();
            map.requireAtRest();
            Await.until("idle", map.map()::isIdle);
            map.requireAtRest();
        }
    }

    @Test
    void aClosedMapIsNotAsked() {
        try (StoreFixture fixture = format()) {
            MappedStore map = new MappedStore(fixture);
            map.requireAtRest();
            map.close();
            assertThatThrownBy(map::counts).hasMessageContaining("the store ends");
            assertThat(map.map().isIdle()).isTrue();
        }
    }
}
