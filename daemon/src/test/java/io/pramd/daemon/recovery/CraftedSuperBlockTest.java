package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.CraftedFile.offset;
import static io.pramd.daemon.fixture.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Super blocks with a right sum that no daemon wrote. */
class CraftedSuperBlockTest {
    @TempDir Path folder;
    private ThreeNodes nodes;
    private CraftedFile crafted;

    @BeforeEach
    void saveThreeNodes() {
        nodes = new ThreeNodes(folder);
        crafted = nodes.crafted();
    }

    @AfterEach
    void close() throws IOException {
        nodes.close();
    }

    private StoreFixture open() {
        return StoreFixture.open(nodes.file(), How.ON_CALLER).damaged();
    }

    @Test
    void refusesASuperBlockWithOtherSizes() throws IOException {
        requireRefusedSuperBlock("frame_count", 1L << 47, Errno.EIO);
        requireRefusedSuperBlock("frame_count", 3, Errno.EINVAL);
        requireRefusedSuperBlock("frame_count", -1, Errno.EINVAL);
        requireRefusedSuperBlock("features_incompatible", 1L << 63, Errno.EINVAL);
    }

    private void requireRefusedSuperBlock(String name, long value, Errno errno) throws IOException {
        byte[] before = Files.readAllBytes(nodes.file());
        crafted.superBlock(page -> page.putLong(offset(SuperBlockLayout.FIELDS, name), value));
        byte[] changed = Files.readAllBytes(nodes.file());
        refused(errno, () -> open());
        assertThat(Files.readAllBytes(nodes.file())).isEqualTo(changed);
        Files.write(nodes.file(), before);
    }
}
