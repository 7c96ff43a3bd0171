package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.StoreFixture.BOOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every byte of every metadata frame is inverted once. What the check says of it must be damage, or
 * a note on a copy that a kill could have left so; and the root that is chosen must be the same,
 * with all its nodes.
 */
class FsckFlipTest {
    @TempDir Path folder;

    @Test
    void reportsEveryFlipOfMetadataOrShowsItHarmless() throws IOException {
        Path file = folder.resolve("m");
        long smallest = FileLayout.fileOffset(FileLayout.FRAMES_MIN);
        try (StoreFixture store = StoreFixture.format(file, smallest, How.ON_CALLER)) {
            store.streams().save("a", StreamDriver.bytes(1, 3000));
            store.store().force().join();
            store.streams().save("b", StreamDriver.bytes(2, 3 * 4096));
        }
        FsckReport whole = Fsck.check(file, BOOT);
        List<String> missed = new ArrayList<>();
        try (CraftedFile crafted = new CraftedFile(file)) {
            for (long pfn : metadataFrames(crafted)) {
                for (int offset = 0; offset < FileLayout.FRAME_BYTES; offset++) {
                    crafted.flip(pfn, offset);
                    if (!isReportedOrHarmless(file, whole)) {
                        missed.add("frame " + pfn + " byte " + offset);
                    }
                    crafted.flip(pfn, offset);
                }
            }
        }
        assertThat(missed).isEmpty();
        assertThat(Fsck.check(file, BOOT).isClean()).isTrue();
    }

    private static List<Long> metadataFrames(CraftedFile crafted) {
        List<Long> frames = new ArrayList<>();
        for (long pfn = 0; pfn <= 8; pfn++) {
            frames.add(pfn);
            frames.add(pfn + FileLayout.SECOND_COPY_DISTANCE);
        }
        frames.addAll(crafted.leafPfns());
        for (int slot = 0; slot < 2; slot++) {
            frames.add(crafted.nodePfn(slot));
            frames.add(crafted.linkPfn(slot));
        }
        return frames;
    }

    private static boolean isReportedOrHarmless(Path file, FsckReport whole) {
        FsckReport report;
        try {
            report = Fsck.check(file, BOOT);
        } catch (StoreException e) {
            return false;
        }
        if (!report.isClean()) {
            return true;
        }
        Optional<FsckReport.ChosenRoot> root = report.root();
        boolean isSame = root.equals(whole.root()) && report.counts().equals(whole.counts());
        return isSame && report.notes().size() > whole.notes().size();
    }
}
