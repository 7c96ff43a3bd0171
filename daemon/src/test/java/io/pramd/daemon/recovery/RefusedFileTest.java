package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedFileTest {
    private static final int VERSION_OFFSET = 16;
    private static final int COMPATIBLE_OFFSET = 24;
    private static final int READ_ONLY_OFFSET = 32;
    private static final int INCOMPATIBLE_OFFSET = 40;

    @TempDir Path folder;

    @Test
    void refusesASecondOpeningWithTheHoldersPid() throws IOException {
        Path file = folder.resolve("m");
        try (StoreFixture fixture = StoreFixture.format(file)) {
            fixture.streams().save("a", bytes(1, 1000));
            // what reads the file in this JVM and closes it must not lose the lock
            Files.readAllBytes(file);
            FileChannel.open(file).close();
            for (int i = 0; i < 3; i++) {
                assertThat(refused(Errno.EBUSY, () -> StoreFixture.open(file, How.THREADED)))
                        .hasMessageContaining("pid=" + ProcessHandle.current().pid());
            }
            assertThat(fixture.streams().peek("a")).isEqualTo(bytes(1, 1000));
        }
        StoreFixture.open(file, How.THREADED).close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4096, 5 << 20})
    void refusesWhatIsNoMemoryFileAndLeavesItUntouched(int length) throws IOException {
        Path file = folder.resolve("text");
        byte[] contents = bytes(length, length);
        Files.write(file, contents);
        refused(Errno.EINVAL, () -> StoreFixture.open(file, How.THREADED));
        assertThat(Files.readAllBytes(file)).isEqualTo(contents);
        assertThat(folder.resolve("text.pid")).doesNotExist();
    }

    @Test
    void answersEnoentForNoFile() {
        refused(Errno.ENOENT, () -> StoreFixture.open(folder.resolve("none"), How.THREADED));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 41, -1})
    void refusesAnotherVersionByItsNameAndLeavesItUntouched(int version) throws IOException {
        Path file = folder.resolve("m");
        StoreFixture.format(file).close();
        changeSuperBlock(file, VERSION_OFFSET, version);
        byte[] before = Files.readAllBytes(file);
        assertThat(refused(Errno.EINVAL, () -> StoreFixture.open(file, How.THREADED)))
                .hasMessageContaining("format version " + Integer.toUnsignedString(version) + ",")
                .hasMessageContaining("knows version " + FileLayout.FORMAT_VERSION);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        refused(Errno.EINVAL, () -> Fsck.check(file));
    }

    @Test
    void refusesFeaturesItDoesNotKnowAndLeavesTheFileUntouched() throws IOException {
        Path file = folder.resolve("m");
        StoreFixture.format(file).close();
        changeSuperBlock(file, INCOMPATIBLE_OFFSET, 0x20);
        byte[] before = Files.readAllBytes(file);
        assertThat(refused(Errno.EINVAL, () -> StoreFixture.open(file, How.THREADED)))
                .hasMessageContaining("incompatible=20");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        refused(Errno.EINVAL, () -> Fsck.check(file));
    }

    @Test
    void onlyLooksAtAFileWithAFeatureThatWritersMustKnow() throws IOException {
        Path file = folder.resolve("m");
        StoreFixture.format(file).close();
        changeSuperBlock(file, READ_ONLY_OFFSET, 1);
        byte[] before = Files.readAllBytes(file);
        assertThat(refused(Errno.EINVAL, () -> StoreFixture.open(file, How.THREADED)))
                .hasMessageContaining("readOnly=1");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(Fsck.check(file).isClean()).isTrue();
    }

    @Test
    void opensAFileWithAFeatureThatNobodyMustKnow() throws IOException {
        Path file = folder.resolve("m");
        StoreFixture.format(file).close();
        changeSuperBlock(file, COMPATIBLE_OFFSET, 1);
        StoreFixture.open(file, How.THREADED).close();
    }

    private static void changeSuperBlock(Path file, int offset, int value) {
        for (long pfn : new long[] {0, FileLayout.SECOND_COPY_DISTANCE}) {
            ByteBuffer page = MetadataPage.allocate();
            page.put(0, Damage.frame(file, pfn));
            page.putInt(offset, value);
            MetadataPage.csum(page, new PageChecksum().ofSuperBlock(page));
            Damage.write(file, pfn, page.array());
        }
    }

    @Test
    void refusesToFormatOverAFileThatIsNotEmpty() throws IOException {
        Path file = folder.resolve("text");
        Files.writeString(file, "precious");
        refused(Errno.EEXIST, () -> StoreFixture.format(file));
        assertThat(file).hasContent("precious");
        Path empty = Files.createFile(folder.resolve("empty"));
        StoreFixture.format(empty).close();
    }

    @Test
    void refusesWhenNoCopyOfTheSuperBlockVerifies() throws IOException {
        Path file = folder.resolve("m");
        StoreFixture.format(file).close();
        Damage.flip(file, 0, 50);
        Damage.flip(file, FileLayout.SECOND_COPY_DISTANCE, 50);
        byte[] before = Files.readAllBytes(file);
        refused(Errno.EIO, () -> StoreFixture.open(file, How.THREADED));
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }
}
