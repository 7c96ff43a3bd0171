package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.replacing;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.KillingMemory;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StoreModel;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.FirstContents;
import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckReport;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A small store over many lives, full now and then: killed behind any store, also of an opening and
 * of one opening after the other; stopped cleanly; or opened by the next boot, where all since a
 * forced root is gone as a whole. Each time what is found is looked at in a copy, so that the next
 * life begins with what the kill left and not with what a clean stop made of it.
 */
class ManyLivesTest {
    private static final long BYTES = FileLayout.fileOffset(FileLayout.FRAMES_MIN);
    private static final String[] NAMES = {"a", "b", "c", "d"};
    private static final int LIVES = 8;
    private static final int VERBS_MAX = 40;
    private static final int PAGES_MAX = 180;

    @Property(tries = 20)
    void findsWhatWasAcknowledgedOrAForcedRootAsAWhole(@ForAll long seed) throws IOException {
        new Lives(seed).run();
    }

    /** One file from its format on. */
    private static final class Lives {
        private final Path folder = newFolder();
        private final Path file = folder.resolve("m");
        private final Path image = folder.resolve("image");
        private final Path copy = folder.resolve("copy");

        /** What the store holds; and what each root since the last one known to be forced held. */
        private StoreModel model = new StoreModel();

        private final List<StoreModel> sinceForced = new ArrayList<>(List.of(new StoreModel()));
        private StoreModel next = model;
        private BootId boot = StoreFixture.BOOT;
        private StoreFixture fixture;
        private KillingMemory memory;
        private final Random random;

        private static Path newFolder() {
            try {
                return Files.createTempDirectory("lives");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        Lives(long seed) {
            random = new Random(seed);
        }

        void run() throws IOException {
            try {
                FirstContents.format(file, BYTES, boot).close();
                for (int life = 0; life < LIVES; life++) {
                    live();
                    next = model;
                    if (random.nextInt(4) == 0) {
                        bootAgain(life);
                    }
                }
            } finally {
                deleteAll();
            }
        }

        private void live() throws IOException {
            int killAt = 1 + random.nextInt(random.nextBoolean() ? 12 : 600);
            boolean toTheEnd = random.nextInt(4) == 0;
            memory =
                    new KillingMemory(
                            file, image, toTheEnd ? Long.MAX_VALUE : killAt, random.nextLong());
            fixture = null;
            try {
                fixture = StoreFixture.open(file, How.ON_CALLER.observedBy(memory).underBoot(boot));
                int verbs = random.nextInt(VERBS_MAX);
                for (int i = 0; i < verbs && !memory.isDead(); i++) {
                    verb();
                }
                if (!memory.isDead() && random.nextBoolean()) {
                    force(); // and no more: a clean stop
                }
            } catch (StoreException e) {
                assertThat(memory.isDead()).as(e.toString()).isTrue();
            }
            if (fixture != null) {
                fixture.damaged().kill();
            }
            if (memory.isDead()) {
                Files.move(image, file, StandardCopyOption.REPLACE_EXISTING);
            }
            StoreModel found = found(List.of(model, next), "life");
            if (found != model) {
                sinceForced.add(found);
            }
            model = found;
        }

        /** The last forced root, or one that was forced early because frames ran short. */
        private void bootAgain(int life) throws IOException {
            boot = new BootId(77, life);
            model = found(sinceForced, "boot");
            next = model;
            sinceForced.clear();
            sinceForced.add(model);
        }

        /** Which of these models a start finds; there must be one. */
        private StoreModel found(List<StoreModel> expected, String when) throws IOException {
            FsckReport report = Fsck.check(file, boot);
            assertThat(report.isClean()).as(report.toString()).isTrue();
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            try (StoreFixture opened = StoreFixture.open(copy, How.ON_CALLER.underBoot(boot))) {
                for (StoreModel candidate : expected.reversed()) {
                    if (candidate.matches(opened)) {
                        opened.requireEveryFrameAccountedFor();
                        opened.store().removeAll("").join(); // and behind it, before any force
                        opened.requireEveryFrameAccountedFor();
                        return candidate;
                    }
                }
                throw new AssertionError(
                        when + ": found another than " + expected + " at " + memory.changes());
            }
        }

        private void verb() {
            next = model.copy();
            String name = NAMES[random.nextInt(NAMES.length)];
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> save(name);
                case 4 -> remove(name);
                case 5 -> consume(name);
                case 6 -> discard();
                case 7 -> force();
                case 8 -> removeAll();
                default -> peek(name);
            }
            if (memory.isDead()) {
                return;
            }
            if (next != model) {
                model = next;
                sinceForced.add(model);
            }
        }

        private void save(String name) {
            boolean isPages = random.nextBoolean();
            boolean isLarge = random.nextInt(3) == 0;
            int pages = random.nextInt(isLarge ? PAGES_MAX : 4);
            byte[] contents = bytes(random.nextLong(), pages * PAGE + (isPages ? 0 : 700));
            try {
                next.save(name, contents);
                fixture.streams()
                        .save(replacing(name, isPages ? NodeType.PAGE : NodeType.BYTE), contents);
            } catch (StoreException e) {
                if (memory.isDead()) {
                    throw e;
                }
                assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
                next = model;
            }
        }

        private void remove(String name) {
            if (model.has(name)) {
                next.remove(name);
                await(fixture.store().remove(name, 0));
            }
        }

        private void consume(String name) {
            if (model.has(name)) {
                next.remove(name);
                assertThat(fixture.streams().consume(name)).isEqualTo(model.contents(name));
            }
        }

        private void removeAll() {
            if (random.nextInt(4) == 0 && model.names().size() == 1) {
                next.remove(model.names().getFirst());
                await(fixture.store().removeAll(""));
            }
        }

        private void discard() {
            SaveStream stream = fixture.streams().open(replacing("x", NodeType.BYTE));
            try {
                fixture.streams()
                        .append(stream, bytes(random.nextLong(), random.nextInt(40) * PAGE));
            } catch (StoreException e) {
                if (memory.isDead()) {
                    throw e;
                }
                assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
            }
            stream.discard();
        }

        private void force() {
            await(fixture.store().force());
            if (!memory.isDead()) {
                forced();
            }
        }

        private void forced() {
            sinceForced.clear();
            sinceForced.add(model);
            next = model;
        }

        private void peek(String name) {
            if (model.has(name)) {
                assertThat(fixture.streams().peek(name)).isEqualTo(model.contents(name));
            }
        }

        private void deleteAll() throws IOException {
            try (var files = Files.list(folder)) {
                for (Path each : files.toList()) {
                    Files.delete(each);
                }
            }
            Files.delete(folder);
        }
    }
}
