package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.StoreFixture.BOOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/** One owner. A small file with three nodes to be damaged, and what the check says of it. */
final class ThreeNodes implements AutoCloseable {
    /** Slots of the nodes: {@code a} with two links, {@code b} with two pages, {@code c} empty. */
    static final int A = 0;

    static final int B = 1;
    static final int C = 2;

    private final Path file;
    private final CraftedFile crafted;

    ThreeNodes(Path folder) {
        file = folder.resolve("m");
        long smallest = FileLayout.fileOffset(FileLayout.FRAMES_MIN);
        try (StoreFixture store = StoreFixture.formatWithLinks(file, smallest, How.ON_CALLER)) {
            store.streams().save("a", StreamDriver.bytes(1, 256 * 4096));
            store.streams().save("b", StreamDriver.bytes(2, 5000));
            store.streams().save("c", new byte[0]);
        }
        crafted = new CraftedFile(file);
    }

    Path file() {
        return file;
    }

    CraftedFile crafted() {
        return crafted;
    }

    FsckReport check() {
        return Fsck.check(file, BOOT);
    }

    /** The check finds problems of these kinds and of no others. */
    void assertFinds(Kind... kinds) {
        FsckReport report = check();
        Set<Kind> found =
                report.problems().stream().map(FsckProblem::kind).collect(Collectors.toSet());
        assertThat(found).as(report.toString()).containsExactlyInAnyOrder(kinds);
        assertThat(report.isClean()).isFalse();
    }

    void assertClean() {
        FsckReport report = check();
        assertThat(report.isClean()).as(report.toString()).isTrue();
    }

    @Override
    public void close() throws IOException {
        crafted.close();
    }
}
