package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequencesTest {
    private static final long BEGIN = 1_000_000_000L;

    @TempDir Path folder;

    @Test
    void refusesSaversAndServesCommitsWhenTheReservationHasNotKeptUp() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            RootSlots.Writer writer =
                    new RootSlots.Writer(
                            fixture.memory(), fixture.store().uuid(), StoreFixture.BOOT);
            Sequences sequences = new Sequences(writer, new RunRecord(writer, 0), BEGIN, 0);
            refused(Errno.EAGAIN, sequences::draw);
            sequences.reserve();
            for (long expected = BEGIN; expected < BEGIN + Sequences.BLOCK; expected++) {
                if (sequences.draw() != expected) {
                    throw new AssertionError("not in order: expected=" + expected);
                }
            }
            refused(Errno.EAGAIN, sequences::draw);
            // a commit that failed for want of a sequence would end the store
            assertThat(sequences.awaitDraw()).isEqualTo(BEGIN + Sequences.BLOCK);
            assertThat(sequences.draw()).isEqualTo(BEGIN + Sequences.BLOCK + 1);
        }
    }
}
