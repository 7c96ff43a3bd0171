package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which frames a saver may have without a worker that populates them. */
class PopulatedFramesTest {
    private static final Path TMPFS = Path.of("/dev/shm");
    private static final int FRAMES = 1024;

    @TempDir Path folder;

    @Test
    void knowsExactlyWhatWasAdded() {
        int most = 200_000; // some parts of 32,768 frames
        PopulatedFrames populated = new PopulatedFrames((long) most * FileLayout.FRAME_BYTES);
        BitSet expected = new BitSet();
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            int from = random.nextInt(most);
            int count = Math.min(most - from, 1 + random.nextInt(200));
            if (random.nextBoolean()) {
                populated.add(from, count);
                expected.set(from, from + count);
            }
            assertThat(populated.hasAll(from, count))
                    .as("from=%d count=%d", from, count)
                    .isEqualTo(expected.nextClearBit(from) >= from + count);
        }
        assertThat(expected.cardinality()).isGreaterThan(10_000);
    }

    @Test
    void onTmpfsWhatWasPopulatedIsWritableUntilTheFileIsCut() throws IOException {
        assumeFalse(!Files.isDirectory(TMPFS) || FileSystem.of(TMPFS).isOnDevice());
        Path file = Files.createTempFile(TMPFS, "pramd", ".test");
        try (MappedMemory memory = open(file)) {
            assertThat(memory.isWritableAtOnce(100, 8)).isFalse();

            memory.populateForWrite(100, 8);

            assertThat(memory.isWritableAtOnce(100, 8)).isTrue();
            assertThat(memory.isWritableAtOnce(100, 9)).isFalse();
            setFrames(file, 104);
            assertThat(memory.isWritableAtOnce(100, 8)).isFalse();
            assertThat(memory.isWritableAtOnce(100, 4)).isTrue();
            assertThatThrownBy(() -> memory.populateForWrite(100, 8))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
            setFrames(file, FRAMES); // a hole now
            assertThat(memory.isWritableAtOnce(100, 8)).isFalse();
            memory.populateForWrite(100, 8);
            assertThat(memory.isWritableAtOnce(100, 8)).isTrue();
        } finally {
            Files.deleteIfExists(file);
        }
    }

    @Test
    void onADeviceNothingStaysWritable() throws IOException {
        assumeFalse(!FileSystem.of(folder).isOnDevice());
        try (MappedMemory memory = open(folder.resolve("m"))) {
            memory.populateForWrite(100, 8);

            assertThat(memory.isWritableAtOnce(100, 8)).isFalse();
        }
    }

    private static MappedMemory open(Path file) throws IOException {
        setFrames(file, FRAMES);
        return MappedMemory.open(FileLock.acquire(file), FRAMES, MemoryObserver.NONE);
    }

    private static void setFrames(Path file, int frames) throws IOException {
        try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
            random.setLength(FileLayout.fileOffset(frames));
        }
    }
}
