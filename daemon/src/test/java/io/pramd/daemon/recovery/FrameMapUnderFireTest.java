package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.InMemory;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Threads save, replace, peek and remove while one survey is made after the other. */
@Timeout(120)
class FrameMapUnderFireTest {
    private static final int THREADS = 4;
    private static final int NAMES = 40;
    private static final long MILLIS =
            TimeUnit.SECONDS.toMillis(Integer.getInteger("pramd.stress.seconds", 3));
    private static final Set<Errno> USUAL =
            EnumSet.of(Errno.ENOENT, Errno.EBUSY, Errno.EEXIST, Errno.ENOMEM, Errno.ESTALE);

    @TempDir(factory = OnDevice.class)
    Path device;

    @TempDir(factory = InMemory.class)
    Path memory;

    /** Where the file is, and what a save promises. */
    enum Place {
        IN_MEMORY,
        PROCESS,
        INTERVAL,
        POWER
    }

    private StoreFixture format(Place place) {
        return place == Place.IN_MEMORY
                ? StoreFixture.format(memory.resolve("m"))
                : StoreFixture.format(
                        device.resolve("m"),
                        StoreFixture.SMALL_BYTES,
                        How.THREADED.at(Durability.valueOf(place.name())));
    }

    @ParameterizedTest
    @EnumSource
    void everyAnswerAddsUpAndTheLastIsTheStore(Place place) throws Exception {
        long seed = System.nanoTime();
        long end = seed + TimeUnit.MILLISECONDS.toNanos(MILLIS);
        AtomicBoolean isOver = new AtomicBoolean();
        try (StoreFixture fixture = format(place);
                MappedStore map = new MappedStore(fixture);
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Random random = new Random(seed + thread);
                running.add(threads.submit(() -> change(fixture, random, isOver)));
            }
            try {
                for (int surveys = 0; surveys < 2 || System.nanoTime() < end; surveys++) {
                    look(map);
                }
            } finally {
                isOver.set(true);
            }
            for (Future<?> each : running) {
                each.get();
            }
            await(fixture.store().force());
            fixture.requireEveryFrameAccountedFor();
            map.requireAsTheCensusSays();
            requireListed(fixture, map);
            assertThat(fixture.opened().audit()).as("seed=%d", seed).isEmpty();
        }
    }

    /** Adding up is asserted by whoever counts. */
    private static void look(MappedStore map) {
        map.counts();
        CellMap cells = map.ask(look -> look.cells(new CellQuery(0, Long.MAX_VALUE / 2, 7, true)));
        assertThat(cells.cells()).hasSize(cells.fill().length());
        Random random = new Random();
        for (int i = 0; i < 20; i++) {
            long pfn = random.nextInt(2048);
            assertThat(map.ask(look -> look.frame(pfn)).pfn()).isEqualTo(pfn);
        }
        for (NodeRow row : map.nodes()) {
            assertThat(row.name()).startsWith("n");
            detail(map, row);
        }
    }

    private static void detail(MappedStore map, NodeRow row) {
        try {
            NodeDetail found = map.map().nodes().named(row.name(), new NodeLook.PageRange(0, 10));
            assertThat(found.row().name()).isEqualTo(row.name());
        } catch (StoreException e) {
            assertThat(e.errno()).as(e.getMessage()).isEqualTo(Errno.ENOENT);
        }
    }

    private static void requireListed(StoreFixture fixture, MappedStore map) {
        List<NodeInfo> listed =
                await(fixture.store().list(new ListRequest("", 0, 0, 1000))).nodes();
        assertThat(map.nodes())
                .extracting(NodeRow::name)
                .containsExactlyElementsOf(listed.stream().map(NodeInfo::name).toList());
        assertThat(map.nodes())
                .extracting(NodeRow::sequence)
                .containsExactlyElementsOf(listed.stream().map(NodeInfo::sequence).toList());
    }

    private static void change(StoreFixture fixture, Random random, AtomicBoolean isOver) {
        while (!isOver.get()) {
            String name = "n" + random.nextInt(NAMES);
            try {
                switch (random.nextInt(5)) {
                    case 0 -> await(fixture.store().remove(name, 0));
                    case 1 -> peekWhileItGoes(fixture, name);
                    default ->
                            fixture.streams()
                                    .save(
                                            replacing(name, NodeType.BYTE),
                                            bytes(random.nextLong(), random.nextInt(90 * PAGE)));
                }
            } catch (StoreException e) {
                assertThat(e.errno()).as(e.getMessage()).isIn(USUAL);
            } catch (CompletionException e) {
                assertThat(((StoreException) e.getCause()).errno()).isIn(USUAL);
            }
        }
    }

    private static void peekWhileItGoes(StoreFixture fixture, String name) {
        LoadStream peek = fixture.streams().openLoad(name, true);
        try {
            await(fixture.store().remove(name, 0));
            fixture.streams().readAll(peek);
        } finally {
            peek.abort();
        }
    }
}
