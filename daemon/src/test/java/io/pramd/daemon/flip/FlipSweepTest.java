package io.pramd.daemon.flip;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.RunLength;
import io.pramd.daemon.flip.FlipSweep.Found;
import io.pramd.daemon.flip.FlipTrial.Flip;
import io.pramd.daemon.flip.FrameOwners.Owned;
import io.pramd.daemon.flip.FrameOwners.Role;
import io.pramd.daemon.layout.FileLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One bit of every byte of every metadata frame that the newest root reaches, and of some bytes of
 * all other frames: through the check, the dump, an opening, its walk and a load of every node.
 */
@Timeout(900)
class FlipSweepTest {
    private static final int THREADS = 2;
    private static final int ROUNDS = 4;

    /** Every byte in the full run; in a plain one every fourth, of each round others. */
    private static final int EVERY = RunLength.of(4, 1);

    // prime to the size of a frame, so that the samples of each frame are spread and others
    private static final int SAMPLE = 131;
    private static final int SPARSE_SAMPLE = 997;

    @TempDir Path folder;

    private FrameOwners owners(FlipScene scene) throws IOException {
        Path whole = folder.resolve("whole");
        Files.write(whole, scene.image());
        return scene.owners(whole);
    }

    /** Every so many bytes of the frames of a kind, one bit each. */
    private List<List<Flip>> flips(FlipScene scene, Predicate<Owned> kind, int every)
            throws IOException {
        List<List<Flip>> flips = new ArrayList<>();
        owners(scene)
                .byPfn()
                .forEach(
                        (pfn, owned) -> {
                            if (kind.test(owned)) {
                                flips.addAll(flips(pfn, every));
                            }
                        });
        return flips;
    }

    private static List<List<Flip>> flips(long pfn, int every) {
        List<List<Flip>> flips = new ArrayList<>();
        for (int at = (int) (pfn % every); at < FileLayout.FRAME_BYTES; at += every) {
            flips.add(List.of(flip(pfn, at)));
        }
        return flips;
    }

    /** One bit of a byte, another one from byte to byte and from frame to frame. */
    private static Flip flip(long pfn, int offset) {
        return new Flip(pfn, offset, 1 << (offset * 31 + pfn) % Byte.SIZE);
    }

    private static boolean isSwept(Owned owned) {
        boolean isMetadata = owned.role() != Role.DATA && owned.role() != Role.RESERVED;
        return isMetadata && !owned.isHeld();
    }

    /** In memory, where a force costs nothing. */
    private Found sweep(FlipScene scene, List<List<Flip>> flips)
            throws IOException, InterruptedException {
        Path memory = FlipSweep.folderInMemory(folder);
        try {
            return FlipSweep.run(scene, memory, flips, THREADS);
        } finally {
            Files.deleteIfExists(memory);
        }
    }

    /**
     * Frames of different structures are changed at once, so that it does not take minutes: in each
     * round one copy of each that has two, and frames of two or three nodes of five.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void findsOrSurvivesAFlipInEveryByteOfMetadata(boolean hasLinks) throws Exception {
        Path built = folder.resolve("built");
        FlipScene scene = hasLinks ? FlipScene.buildWithLinks(built, 3) : FlipScene.build(built, 3);
        List<List<Long>> rounds = rounds(owners(scene));
        List<List<Flip>> flips = new ArrayList<>();
        for (int i = 0; i < rounds.size(); i++) {
            List<Long> round = rounds.get(i);
            for (int offset = i % EVERY; offset < FileLayout.FRAME_BYTES; offset += EVERY) {
                int at = offset;
                flips.add(round.stream().map(pfn -> flip(pfn, at)).toList());
            }
        }

        Found found = sweep(scene, flips);

        assertThat(found.faults()).isEmpty();
        // five nodes, of which four may have a link: each of these bytes costs its node, no other
        int links = hasLinks ? 4 : 0;
        assertThat(found.damagedNodes()).isEqualTo((5L + links) * FileLayout.FRAME_BYTES / EVERY);
        assertThat(rounds.stream().mapToInt(List::size).sum()).isEqualTo(27 + links);
    }

    /** Every frame of metadata once, in rounds of frames that are independent of each other. */
    private static List<List<Long>> rounds(FrameOwners owners) {
        List<List<Long>> rounds = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            rounds.add(new ArrayList<>());
        }
        List<Long> directory = new ArrayList<>();
        List<String> nodes = new ArrayList<>();
        owners.byPfn()
                .forEach(
                        (pfn, owned) -> {
                            if (!isSwept(owned)) {
                                return;
                            }
                            switch (owned.role()) {
                                case FIXED -> rounds.get(roundOfFixed(pfn)).add(pfn);
                                case DIRECTORY -> directory.add(pfn);
                                default -> {
                                    nodes.add(owned.node());
                                    boolean isLink = owned.role() == Role.LINK;
                                    int node = owned.node().charAt(0);
                                    rounds.get((node + (isLink ? 1 : 0)) % ROUNDS).add(pfn);
                                }
                            }
                        });
        // the two copies of a page have neighbouring numbers
        for (int i = 0; i < directory.size(); i++) {
            rounds.get(i % 2).add(directory.get(i));
        }
        return rounds;
    }

    /** Both slots of a kind, and both copies of each, in rounds of their own. */
    private static int roundOfFixed(long pfn) {
        boolean isSecondCopy = pfn >= FileLayout.SECOND_COPY_DISTANCE;
        return (int) (pfn % 2) * 2 + (isSecondCopy ? 1 : 0);
    }

    @Test
    void findsFlipsInAChainOfTwoLinks() throws Exception {
        FlipScene scene = FlipScene.build(folder.resolve("built"), FlipScene.TWO_LINKS);
        List<List<Flip>> flips =
                flips(
                        scene,
                        owned -> owned.role() == Role.LINK && owned.node().equals(FlipScene.PAGES),
                        11);

        Found found = sweep(scene, flips);

        assertThat(found.faults()).isEmpty();
        assertThat(found.damagedNodes()).isEqualTo(flips.size());
        assertThat(flips).hasSizeGreaterThan(2 * FileLayout.FRAME_BYTES / 12);
    }

    @Test
    void findsOrSurvivesSingleFlipsInAllFrames() throws Exception {
        FlipScene scene = FlipScene.build(folder.resolve("built"), 3);
        List<List<Flip>> flips = flips(scene, owned -> true, SAMPLE);
        for (long free = 600; free < FileLayout.FRAMES_MIN; free++) {
            flips.addAll(flips(free, FileLayout.FRAME_BYTES / 2));
        }

        Found found = sweep(scene, flips);

        assertThat(found.faults()).isEmpty();
        assertThat(found.damagedNodes()).isPositive();
    }

    @Test
    void findsOrSurvivesFlipsOnADevice() throws Exception {
        FlipScene scene = FlipScene.build(folder.resolve("built"), FlipScene.TWO_LINKS);

        Found found =
                FlipSweep.run(scene, folder, flips(scene, owned -> true, SPARSE_SAMPLE), THREADS);

        assertThat(found.faults()).isEmpty();
    }
}
