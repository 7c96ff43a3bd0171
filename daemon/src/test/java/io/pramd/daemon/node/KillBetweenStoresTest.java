package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.KillingMemory;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StoreModel;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.FirstContents;
import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Random;
import java.util.concurrent.CompletionException;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The store against a plain map, killed behind any store into the file: what a start finds is the
 * map before the verb that was interrupted, or after it, and nothing else.
 */
class KillBetweenStoresTest {
    private static final long BYTES = FileLayout.fileOffset(FileLayout.FRAMES_MIN);
    private static final String[] NAMES = {"a", "b", "c", "d"};

    private Path folder;

    /** A store with its model, and the model as it is once the verb under way is done. */
    private final class Run {
        private final Path image = folder.resolve("image");
        private final StoreModel model;
        private StoreModel next;
        private final KillingMemory memory;
        private final StoreFixture fixture;

        Run(Path file, StoreModel model, long killAt, long tearSeed) {
            this.model = model;
            this.next = model;
            this.memory = new KillingMemory(file, image, killAt, tearSeed);
            StoreFixture opened = null;
            try {
                opened = StoreFixture.open(file, How.ON_CALLER.observedBy(memory));
            } catch (StoreException e) {
                // killed while opening
                assertThat(memory.isDead()).as(e.getMessage()).isTrue();
            }
            fixture = opened;
        }

        /** Does one random verb; false when it was killed. */
        boolean step(Random random) {
            if (memory.isDead()) {
                return false;
            }
            next = model.copy();
            try {
                verb(random);
            } catch (StoreException | CompletionException e) {
                if (!memory.isDead()) {
                    throw e;
                }
                return false;
            }
            model.become(next);
            return !memory.isDead();
        }

        private void verb(Random random) {
            String name = NAMES[random.nextInt(NAMES.length)];
            byte[] contents = bytes(random.nextLong(), random.nextInt(4) * 2500);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> save(name, contents);
                case 3 -> {
                    if (model.has(name)) {
                        next.remove(name);
                        fixture.store().remove(name, 0).join();
                    }
                }
                case 4 -> {
                    if (model.has(name)) {
                        next.remove(name);
                        fixture.streams().consume(name);
                    }
                }
                case 5 -> discard(contents);
                case 6 -> fixture.store().force().join();
                default -> peek(name);
            }
        }

        private void save(String name, byte[] contents) {
            next.save(name, contents);
            fixture.streams().save(replacing(name, NodeType.BYTE), contents);
        }

        private void discard(byte[] contents) {
            SaveStream stream = fixture.streams().open(replacing("x", NodeType.BYTE));
            fixture.streams().append(stream, contents);
            stream.discard();
        }

        private void peek(String name) {
            if (model.has(name)) {
                assertThat(fixture.streams().peek(name)).isEqualTo(model.contents(name));
            }
        }
    }

    /**
     * A root was forced twice, so that both forced slots held it, and a kill tore the first copy of
     * one: the check took that slot for the newest, whose first copy no kill can tear.
     */
    @Example
    void aForcedRootInBothSlotsLeavesTheNewestOneWhole() throws IOException {
        findsTheMapBeforeOrAfterTheInterruptedVerb(-1636541065129L, 135);
    }

    @Property(tries = 60)
    void findsTheMapBeforeOrAfterTheInterruptedVerb(
            @ForAll long seed, @ForAll @LongRange(min = 2, max = 150) long killAt)
            throws IOException {
        folder = Files.createTempDirectory("kill");
        try {
            Path file = folder.resolve("m");
            FirstContents.format(file, BYTES, StoreFixture.BOOT).close();
            StoreModel model = new StoreModel();
            Random random = new Random(seed);
            // several kills in a row, each found by the next opening
            for (int life = 0; life < 4; life++) {
                model = liveUntilKilled(file, model, random, 1 + random.nextInt((int) killAt));
            }
        } finally {
            deleteAll();
        }
    }

    /** One life of the store; answers the model that its end matches. */
    private StoreModel liveUntilKilled(Path file, StoreModel model, Random random, long killAt)
            throws IOException {
        Run run = new Run(file, model, killAt, random.nextLong());
        int verbs = 0;
        while (verbs < 200 && run.step(random)) {
            verbs++;
        }
        if (run.fixture != null) {
            run.fixture.kill();
        }
        assertThat(run.memory.isDead()).isTrue();
        Files.move(run.image, file, StandardCopyOption.REPLACE_EXISTING);
        return assertBeforeOrAfter(file, run);
    }

    private StoreModel assertBeforeOrAfter(Path file, Run run) {
        FsckReport report = Fsck.check(file, StoreFixture.BOOT);
        assertThat(report.isClean()).as(report.toString()).isTrue();
        StoreFixture found = StoreFixture.open(file, How.ON_CALLER);
        try (found) {
            boolean isBefore = run.model.matches(found);
            boolean isAfter = run.next.matches(found);
            assertThat(isBefore || isAfter)
                    .as(
                            "killed at %d: before %s, after %s",
                            run.memory.changes(), run.model, run.next)
                    .isTrue();
            return isAfter ? run.next : run.model;
        }
    }

    @Test
    void survivesAKillBehindEachStoreOfEachVerb(@TempDir Path temp) throws IOException {
        folder = temp;
        long killAt = 1;
        boolean wasKilled = true;
        while (wasKilled) {
            Path file = folder.resolve("m");
            Files.deleteIfExists(file);
            FirstContents.format(file, BYTES, StoreFixture.BOOT).close();
            Run run = new Run(file, new StoreModel(), killAt, killAt);
            scripted(run);
            wasKilled = run.memory.isDead();
            if (run.fixture != null) {
                run.fixture.kill();
            }
            if (wasKilled) {
                Files.move(run.image, file, StandardCopyOption.REPLACE_EXISTING);
                assertBeforeOrAfter(file, run);
            }
            killAt++;
        }
        assertThat(killAt).as("stores of the whole script").isGreaterThan(40);
    }

    /** Save, replace, save another, consume, remove, force, save again. */
    private void scripted(Run run) {
        try {
            if (run.memory.isDead()) {
                return;
            }
            for (int i = 0; i < 6; i++) {
                run.next = run.model.copy();
                scriptedVerb(run, i);
                run.model.become(run.next);
            }
        } catch (StoreException | CompletionException e) {
            if (!run.memory.isDead()) {
                throw e;
            }
        }
    }

    private void scriptedVerb(Run run, int verb) {
        switch (verb) {
            case 0 -> run.save("a", bytes(1, 5000));
            case 1 -> run.save("a", bytes(2, 9000));
            case 2 -> run.save("b", bytes(3, 100));
            case 3 -> {
                run.next.remove("a");
                run.fixture.streams().consume("a");
            }
            case 4 -> run.fixture.store().force().join();
            default -> run.save("c", bytes(4, 300_000));
        }
    }

    private void deleteAll() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
