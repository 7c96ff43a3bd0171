package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many threads save, replace, peek, load, remove, discard, force and grow over a few names in a
 * small file: every stream that is read is one that was saved, as a whole, and no frame is lost.
 */
@Timeout(120)
class StoreStressTest {
    private static final int THREADS = 8;
    private static final int NAMES = 5;
    private static final int PAGES_MAX = 60;
    private static final long MILLIS =
            TimeUnit.SECONDS.toMillis(Integer.getInteger("pramd.stress.seconds", 2));

    /** How long they may need, on a machine that stands still, to do anything at all. */
    private static final long MORE_MILLIS = TimeUnit.SECONDS.toMillis(60);

    private static final long GROWN_MAX = 12 << 20;

    /** What may be answered while others use the same names. */
    private static final Set<Errno> USUAL =
            EnumSet.of(Errno.ENOENT, Errno.EBUSY, Errno.EEXIST, Errno.ENOMEM, Errno.ESTALE);

    @TempDir(factory = OnDevice.class)
    Path folder;

    private StoreFixture fixture;
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong saved = new AtomicLong();

    @ParameterizedTest
    @EnumSource(Durability.class)
    void readsWholeStreamsAndLosesNoFrame(Durability level) throws Exception {
        long seed = System.nanoTime();
        StoreFixture opened =
                StoreFixture.format(folder.resolve("m"), 4 << 20, How.THREADED.at(level));
        fixture = opened;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
        try (opened;
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<Void>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Random random = new Random(seed + thread);
                running.add(threads.submit(during(end, random)));
            }
            for (Future<Void> each : running) {
                each.get();
            }
            fixture.requireEveryFrameAccountedFor();
            assertThat(fixture.opened().audit()).as("seed=%d", seed).isEmpty();
            for (int name = 0; name < NAMES; name++) {
                peekIfThere("n" + name);
            }
            await(fixture.store().removeAll(""));
            fixture.requireEveryFrameAccountedFor();
        }
        assertThat(saved.get()).as("seed=%d", seed).isPositive();
        assertThat(read.get()).as("seed=%d", seed).isPositive();
    }

    private Callable<Void> during(long end, Random random) {
        return () -> {
            while (goesOn(end)) {
                try {
                    verb("n" + random.nextInt(NAMES), random);
                } catch (StoreException e) {
                    assertThat(e.errno()).as(e.getMessage()).isIn(USUAL);
                } catch (CompletionException e) {
                    assertThat(e).hasCauseInstanceOf(StoreException.class);
                    StoreException why = (StoreException) e.getCause();
                    assertThat(why.errno()).as(why.getMessage()).isIn(USUAL);
                }
            }
            return null;
        };
    }

    private boolean goesOn(long end) {
        boolean saysNothingYet = saved.get() == 0 || read.get() == 0;
        long last = saysNothingYet ? end + TimeUnit.MILLISECONDS.toNanos(MORE_MILLIS) : end;
        return System.nanoTime() < last;
    }

    private void verb(String name, Random random) {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3, 4 -> save(name, random);
            case 5, 6, 7, 8 -> peekIfThere(name);
            case 9, 10 -> {
                requireOneThatWasSaved(fixture.streams().consume(name));
                read.incrementAndGet();
            }
            case 11 -> await(fixture.store().remove(name, 0));
            case 12 -> discard(name, random);
            case 13 -> await(fixture.store().force());
            case 14 -> pinWhileItGoes(name);
            default -> grow(random);
        }
    }

    /** Contents that say themselves what they must be: a seed, and bytes that follow from it. */
    private static byte[] contents(long seed, int length) {
        byte[] contents = bytes(seed, Math.max(length, Long.BYTES));
        ByteBuffer.wrap(contents).putLong(seed);
        return contents;
    }

    private static void requireOneThatWasSaved(byte[] contents) {
        long seed = ByteBuffer.wrap(contents).getLong();
        assertThat(contents).isEqualTo(contents(seed, contents.length));
    }

    private void save(String name, Random random) {
        byte[] contents = contents(random.nextLong(), random.nextInt(PAGES_MAX * PAGE));
        Durability[] levels = Durability.values();
        Optional<Durability> level =
                random.nextInt(4) == 0
                        ? Optional.of(levels[random.nextInt(levels.length)])
                        : Optional.empty();
        fixture.streams().save(replacing(name, level), contents);
        saved.incrementAndGet();
    }

    private static SaveRequest replacing(String name, Optional<Durability> level) {
        return new SaveRequest(
                name,
                NodeType.BYTE,
                true,
                SaveKey.NONE,
                SaveRequest.UNDECLARED,
                Map.of(),
                -1,
                1,
                level,
                Saver.NOBODY,
                0,
                Optional.empty());
    }

    private void peekIfThere(String name) {
        try {
            requireOneThatWasSaved(fixture.streams().peek(name));
            read.incrementAndGet();
        } catch (StoreException e) {
            assertThat(e.errno()).as(e.getMessage()).isIn(USUAL);
        }
    }

    private void discard(String name, Random random) {
        SaveStream stream = fixture.streams().open(replacing(name, Optional.empty()));
        try {
            fixture.streams().append(stream, new byte[random.nextInt(PAGES_MAX * PAGE)]);
        } finally {
            stream.discard();
        }
    }

    /** A peek that is open while the node is removed and its frames are wanted by all others. */
    private void pinWhileItGoes(String name) {
        LoadStream pinned = fixture.streams().openLoad(name, true);
        try {
            await(fixture.store().remove(name, pinned.info().sequence()).exceptionally(_ -> 0L));
            await(fixture.store().force());
            requireOneThatWasSaved(fixture.streams().readAll(pinned));
            read.incrementAndGet();
        } finally {
            pinned.abort();
        }
    }

    private void grow(Random random) {
        long size = fixture.info("memory.bytes");
        if (size < GROWN_MAX && random.nextInt(8) == 0) {
            try {
                await(fixture.store().grow(size + (1 + random.nextInt(40)) * PAGE));
            } catch (StoreException e) {
                // another one has grown it further meanwhile, or does
                assertThat(e.errno()).isIn(Errno.EINVAL, Errno.EBUSY);
            }
        }
    }
}
