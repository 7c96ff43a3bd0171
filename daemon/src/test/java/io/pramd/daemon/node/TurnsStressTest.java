package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.InMemory;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Threads that serve in turns, as event loops do, save, replace, load and remove beside threads
 * that do not: every change is answered, and no frame is lost.
 */
@Timeout(120)
class TurnsStressTest {
    private static final int LOOPS = 3;
    private static final int OTHERS = 2;
    private static final int NAMES = 40;
    private static final int CHANGES_A_TURN = 12;
    private static final long ANSWER_SECONDS = 30;
    private static final long MILLIS =
            TimeUnit.SECONDS.toMillis(Integer.getInteger("pramd.stress.seconds", 2));

    @TempDir(factory = InMemory.class)
    Path folder;

    private StoreFixture fixture;

    /** One owner: a thread's tasks for the end of its turn. */
    private static final class Loop {
        private static final ThreadLocal<Loop> CURRENT = new ThreadLocal<>();

        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

        static final Turns TURNS =
                new Turns() {
                    @Override
                    public boolean isHere() {
                        return CURRENT.get() != null;
                    }

                    @Override
                    public void atEnd(Runnable task) {
                        CURRENT.get().tasks.add(task);
                    }
                };

        void endTurn() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {8L << 20, 96L << 20}) // never room for a commit in a turn, and always
    void answersEveryChangeAndLosesNoFrame(long fileBytes) throws Exception {
        long seed = System.nanoTime();
        fixture =
                StoreFixture.format(
                        folder.resolve("m"), fileBytes, How.THREADED.inTurns(Loop.TURNS));
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
        long answered = 0;
        try (StoreFixture opened = fixture;
                ExecutorService threads = Executors.newFixedThreadPool(LOOPS + OTHERS)) {
            List<Future<Long>> running = new ArrayList<>();
            for (int thread = 0; thread < LOOPS + OTHERS; thread++) {
                boolean isLoop = thread < LOOPS;
                running.add(threads.submit(changing(end, new Random(seed + thread), isLoop)));
            }
            for (Future<Long> each : running) {
                answered += each.get();
            }
            opened.requireEveryFrameAccountedFor();
            assertThat(opened.opened().audit()).as("seed=%d", seed).isEmpty();
        }
        assertThat(answered).as("seed=%d", seed).isPositive();
    }

    private Callable<Long> changing(long end, Random random, boolean isLoop) {
        return () -> {
            Loop loop = new Loop();
            if (isLoop) {
                Loop.CURRENT.set(loop);
            }
            long answered = 0;
            try {
                do { // one at least: the time may be over before a slow machine comes here
                    List<CompletableFuture<Long>> asked = new ArrayList<>();
                    for (int i = 1 + random.nextInt(CHANGES_A_TURN); i > 0; i--) {
                        change("n" + random.nextInt(NAMES), random).ifPresent(asked::add);
                    }
                    loop.endTurn();
                    for (CompletableFuture<Long> each : asked) {
                        requireAnswered(each);
                        answered++;
                    }
                    loop.endTurn(); // others may have left it something to do
                } while (System.nanoTime() < end);
            } finally {
                Loop.CURRENT.remove();
            }
            return answered;
        };
    }

    /** Done, or refused since another thread uses the name. */
    private static void requireAnswered(CompletableFuture<Long> change) throws Exception {
        try {
            change.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(StoreException.class);
        }
    }

    /** Begins a change; empty when it is refused at once, since another thread uses the name. */
    private Optional<CompletableFuture<Long>> change(String name, Random random) {
        Store store = fixture.store();
        try {
            return Optional.of(
                    switch (random.nextInt(4)) {
                        case 0 -> store.remove(name, 0);
                        case 1 -> load(name);
                        default -> save(name, random);
                    });
        } catch (StoreException e) {
            return Optional.empty();
        }
    }

    private CompletableFuture<Long> save(String name, Random random) {
        byte[] contents = bytes(random.nextLong(), PAGE * (1 + random.nextInt(2)));
        SaveStream stream = fixture.streams().open(replacing(name, NodeType.BYTE));
        try {
            fixture.streams().append(stream, contents);
            return stream.finish(contents.length);
        } finally {
            fixture.streams().close(stream);
        }
    }

    private CompletableFuture<Long> load(String name) {
        return fixture.store()
                .openLoad(new LoadRequest(name, 0, Optional.empty(), false, Map.of(), 0))
                .thenCompose(this::readAndFinish);
    }

    private CompletableFuture<Long> readAndFinish(LoadStream stream) {
        try {
            fixture.streams().readAll(stream); // verifies every page
            return stream.finish(stream.info().sequence());
        } finally {
            stream.abort(); // of one that is being finished: nothing
        }
    }
}
