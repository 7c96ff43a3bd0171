package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CutMemory;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StoreModel;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.FirstContents;
import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills and power cuts in a row, behind any store, under levels that change from start to start and
 * from save to save, on a device that may fail: what is found is one committed state as a whole,
 * and no older one than was promised.
 */
class PowerCutTest {
    private static final long BYTES = FileLayout.fileOffset(FileLayout.FRAMES_MIN);
    private static final String[] NAMES = {"a", "b", "c"};

    @TempDir(factory = OnDevice.class)
    Path folder;

    private Path file;
    private Random random;
    private long seed;
    private int boot;
    private CutMemory.Device device;
    private ForceMarker marker;
    // all that was committed or may have been, in order; what a kill and a cut must leave at least
    private final List<StoreModel> states = new ArrayList<>();
    private int answered;
    private int promised;

    @Test
    void goesBackNoFurtherThanWasPromised() throws IOException {
        for (seed = 1; seed <= 150; seed++) {
            begin();
            for (int life = 0; life < 6; life++) {
                live(1 + random.nextInt(random.nextBoolean() ? 60 : 250));
            }
        }
    }

    private void begin() throws IOException {
        random = new Random(seed);
        file = folder.resolve("m");
        Files.deleteIfExists(file);
        boot = 1;
        FirstContents.format(file, BYTES, new BootId(9, boot)).close();
        device = new CutMemory.Device(CutMemory.read(file));
        marker = new ForceMarker(file);
        marker.remove();
        states.clear();
        states.add(new StoreModel());
        answered = 0;
        promised = 0;
    }

    private Durability level() {
        return Durability.values()[random.nextInt(Durability.values().length)];
    }

    private How how(CutMemory memory, Durability level) {
        return How.ON_CALLER_ALONE.observedBy(memory).underBoot(new BootId(9, boot)).at(level);
    }

    private void live(long endAt) throws IOException {
        long failAt = random.nextInt(4) == 0 ? 1 + random.nextInt(20) : Long.MAX_VALUE;
        CutMemory memory = new CutMemory(file, device, random, endAt, failAt);
        Durability level = level();
        StoreFixture fixture = null;
        try {
            fixture = StoreFixture.open(file, how(memory, level));
            settle(fixture, level);
            for (int verb = 0; verb < 60; verb++) {
                verb(fixture, level);
            }
        } catch (StoreException | CompletionException e) {
            if (!memory.isDead() && !memory.hasFailed()) {
                throw e;
            }
        }
        if (!memory.isDead()) {
            memory.end();
        }
        if (fixture != null) {
            fixture.damaged().kill();
        }
        if (random.nextBoolean()) {
            kill(memory);
        } else {
            cut(memory);
        }
    }

    private void kill(CutMemory memory) throws IOException {
        if (memory.hasFailed() && random.nextBoolean()) {
            marker.remove(); // killed between the force that failed and the marker
        }
        if (marker.exists()) {
            Files.write(file, memory.afterKillAndDrop());
            check("kill beside a marker", promised);
        } else {
            Files.write(file, memory.afterKill());
            check("kill", answered);
        }
    }

    private void cut(CutMemory memory) throws IOException {
        boot++;
        if (random.nextBoolean()) {
            marker.remove(); // its folder had not been forced
        }
        Files.write(file, memory.afterCut());
        check("cut", promised);
        promised = states.size() - 1; // what was found is what the device has
    }

    /** Where somebody was promised more than process, an opened store has forced its root. */
    private void settle(StoreFixture fixture, Durability level) {
        assertThat(states.getLast().matches(fixture)).as("seed %d: %s", seed, states).isTrue();
        if (level != Durability.PROCESS) {
            promised = states.size() - 1;
        }
    }

    private int find(StoreFixture fixture, int from) {
        for (int i = states.size() - 1; i >= from; i--) {
            if (states.get(i).matches(fixture)) {
                return i;
            }
        }
        return -1;
    }

    private void check(String end, int least) {
        FsckReport report = Fsck.check(file, new BootId(9, boot));
        assertThat(report.isClean()).as("seed %d, %s: %s", seed, end, report).isTrue();
        // looks at a copy: what opening stores must not be known to the device of the test
        Path copy = folder.resolve("copy");
        if (marker.exists()) {
            new ForceMarker(copy).create("as beside the file");
        }
        try {
            Files.write(copy, CutMemory.read(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        How how = How.ON_CALLER_ALONE.underBoot(new BootId(9, boot));
        try (StoreFixture found = StoreFixture.open(copy, how)) {
            int state = find(found, least);
            assertThat(state)
                    .as("seed %d, %s: %s not from %d on in %s", seed, end, found, least, states)
                    .isNotNegative();
            while (states.size() > state + 1) {
                states.removeLast();
            }
            answered = state; // what was found must be found by the next start too
            found.requireEveryFrameAccountedFor();
        }
    }

    private void verb(StoreFixture fixture, Durability level) {
        String name = NAMES[random.nextInt(NAMES.length)];
        StoreModel next = states.getLast().copy();
        Optional<Durability> asked =
                random.nextInt(3) == 0 ? Optional.of(level()) : Optional.empty();
        switch (random.nextInt(7)) {
            case 0, 1, 2, 3 -> {
                byte[] contents = bytes(random.nextLong(), random.nextInt(4) * 2500);
                next.save(name, contents);
                states.add(next);
                SaveRequest request =
                        new SaveRequest(
                                name,
                                NodeType.BYTE,
                                true,
                                SaveKey.NONE,
                                SaveRequest.UNDECLARED,
                                Map.of(),
                                -1,
                                1,
                                asked);
                fixture.streams().save(request, contents);
                done(asked.orElse(level));
            }
            case 4, 5 -> {
                if (next.has(name)) {
                    next.remove(name);
                    states.add(next);
                    if (random.nextBoolean()) {
                        fixture.streams().consume(name);
                    } else {
                        fixture.store().remove(name, 0).join();
                    }
                    done(level);
                }
            }
            default -> {
                if (random.nextInt(3) == 0) {
                    fixture.store().force().join();
                    done(Durability.POWER);
                }
            }
        }
    }

    private void done(Durability level) {
        answered = states.size() - 1;
        if (level == Durability.POWER) {
            promised = states.size() - 1;
        }
    }
}
