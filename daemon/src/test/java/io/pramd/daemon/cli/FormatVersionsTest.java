package io.pramd.daemon.cli;

import static io.pramd.daemon.fixture.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every command does with a file of another version, as docs/memory-format.md says. */
class FormatVersionsTest {
    private static final int VERSION =
            CraftedFile.offset(SuperBlockLayout.FIELDS, "format_version");
    private static final int COMPATIBLE =
            CraftedFile.offset(SuperBlockLayout.FIELDS, "features_compatible");
    private static final int READ_ONLY =
            CraftedFile.offset(SuperBlockLayout.FIELDS, "features_read_only");
    private static final int INCOMPATIBLE =
            CraftedFile.offset(SuperBlockLayout.FIELDS, "features_incompatible");
    private static final String UNKNOWN = "memory file has features this pramd does not know: ";

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void format() {
        file = folder.resolve("m");
        assertThat(CommandRun.of("format", file, "--size", "6M").exitCode()).isZero();
    }

    private void change(Consumer<ByteBuffer> change) throws IOException {
        try (CraftedFile crafted = new CraftedFile(file)) {
            crafted.superBlock(change);
        }
    }

    private byte[] bytes() throws IOException {
        return Files.readAllBytes(file);
    }

    /** What would change it says why it does not, and has not. */
    private void requireNoneChanges(String why) throws IOException {
        byte[] before = bytes();
        assertThat(refused(Errno.EINVAL, () -> StoreFixture.open(file, How.ON_CALLER)))
                .hasMessageContaining(why);
        for (String command : new String[] {"grow", "shrink"}) {
            String size = command.equals("grow") ? "8M" : "4M";
            CommandRun run = CommandRun.of(command, file, "--size", size);
            assertThat(run.exitCode()).as(command).isEqualTo(15);
            assertThat(run.err()).contains(why).hasLineCount(1);
        }
        CommandRun repair = CommandRun.of("fsck", file, "--repair");
        assertThat(repair.exitCode()).isEqualTo(2);
        assertThat(repair.err()).contains(why).hasLineCount(1);
        assertThat(bytes()).isEqualTo(before);
    }

    private void requireNoneReads(String why) throws IOException {
        CommandRun fsck = CommandRun.of("fsck", file);
        assertThat(fsck.exitCode()).isEqualTo(2);
        assertThat(fsck.err()).contains(why).hasLineCount(1);
        assertThat(CommandRun.of("dump", file).exitCode()).isEqualTo(15);
    }

    private void requireBothRead() {
        CommandRun fsck = CommandRun.of("fsck", file);
        assertThat(fsck.exitCode()).as(fsck.err()).isZero();
        assertThat(CommandRun.of("dump", file).exitCode()).isZero();
    }

    private void requireAllWork() {
        requireBothRead();
        try (StoreFixture store = StoreFixture.open(file, How.ON_CALLER)) {
            store.streams().save("a", new byte[5000]);
        }
        // under the boot id of the fixture: a cut of power has come between for the commands
        assertThat(CommandRun.of("grow", file, "--size", "8M").exitCode()).isZero();
        assertThat(CommandRun.of("shrink", file, "--size", "4M").exitCode()).isZero();
        requireBothRead();
        try (StoreFixture store = StoreFixture.open(file, How.ON_CALLER)) {
            assertThat(store.streams().peek("a")).isEqualTo(new byte[5000]);
        }
    }

    @Test
    void fileOfANewerVersionIsRefusedByAllAndNamed() throws IOException {
        change(page -> page.putInt(VERSION, 2));
        String why = "memory file has format version 2, this pramd knows version 1";
        requireNoneChanges(why);
        requireNoneReads(why);
    }

    @Test
    void fileWithAnUnknownIncompatibleFeatureIsRefusedByAll() throws IOException {
        change(page -> page.putLong(INCOMPATIBLE, page.getLong(INCOMPATIBLE) | 6));
        requireNoneChanges(UNKNOWN + "incompatible=6 readOnly=0");
        requireNoneReads(UNKNOWN + "incompatible=6");
    }

    @Test
    void fileWithAnUnknownReadOnlyFeatureIsOnlyRead() throws IOException {
        change(page -> page.putLong(READ_ONLY, 1L << 40));
        requireNoneChanges(UNKNOWN + "incompatible=0 readOnly=10000000000");
        requireBothRead();
    }

    @Test
    void unknownCompatibleFeatureChangesNothingAndStays() throws IOException {
        change(page -> page.putLong(COMPATIBLE, 1L << 63));
        requireAllWork();
        try (CraftedFile crafted = new CraftedFile(file)) {
            assertThat(crafted.read(0).getLong(COMPATIBLE)).isEqualTo(1L << 63);
        }
    }

    @Test
    void fileFromBeforeInlineEntriesStaysOne() throws IOException {
        change(page -> page.putLong(INCOMPATIBLE, 0));
        requireAllWork();
        try (CraftedFile crafted = new CraftedFile(file)) {
            assertThat(crafted.read(0).getLong(INCOMPATIBLE)).isZero();
        }
    }
}
