package io.pramd.daemon.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.InMemory;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.layout.FileLayout;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileHolesTest {
    /** Further apart than a page or a block of any machine is long. */
    private static final List<Long> STORED = List.of(256L, 512L);

    private static final long FRAMES = 1024;

    @TempDir(factory = OnDevice.class)
    Path onDevice;

    @TempDir(factory = InMemory.class)
    Path inMemory;

    /** All holes but for its last frame: the last byte makes it as long as it is. */
    private Path create(boolean isInMemory) throws IOException {
        Path file = Files.createFile((isInMemory ? inMemory : onDevice).resolve("m"));
        Damage.resize(file, FileLayout.fileOffset(FRAMES));
        return file;
    }

    private static List<Long> nextStored(FileLock lock, long... pfns) {
        List<Long> found = new ArrayList<>();
        for (long pfn : pfns) {
            found.add(FileHoles.nextStored(lock, pfn));
        }
        return found;
    }

    private static void requireHoles(FileLock lock) {
        assertThat(nextStored(lock, 0, 255, 256)).containsOnly(256L);
        assertThat(nextStored(lock, 300, 512)).containsOnly(512L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void passesOverHoles(boolean isInMemory) throws IOException {
        Path file = create(isInMemory);
        STORED.forEach(pfn -> Damage.flip(file, pfn, 100));
        try (FileLock lock = FileLock.acquire(file)) {
            requireHoles(lock);
            assertThat(nextStored(lock, 600, FRAMES - 1)).containsOnly(FRAMES - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void passesOverWhatWasPreallocatedOnly(boolean isInMemory) throws IOException {
        Path file = Files.createFile((isInMemory ? inMemory : onDevice).resolve("m"));
        try (FileLock lock = FileLock.acquire(file)) {
            MemoryFile.preallocate(lock, 0, FileLayout.fileOffset(FRAMES));
            assertThat(nextStored(lock, 0, 700)).containsOnly(-1L);
            STORED.forEach(pfn -> Damage.write(file, pfn, new byte[] {1}));
            requireHoles(lock);
            assertThat(nextStored(lock, 600, FRAMES - 1)).containsOnly(-1L);
            MemoryFile.force(lock);
            requireHoles(lock);
        }
    }

    /** Nothing has been written back yet: it is the kernel's cache that knows of it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void findsWhatWasStoredIntoTheMappingAndNeverForced(boolean isInMemory) throws IOException {
        Path file = Files.createFile((isInMemory ? inMemory : onDevice).resolve("m"));
        try (FileLock lock = FileLock.acquire(file)) {
            MemoryFile.preallocate(lock, 0, FileLayout.fileOffset(FRAMES));
            MemorySegment mapping = Native.map(lock.fd(), FileLayout.fileOffset(FRAMES));
            mapping.set(JAVA_BYTE, FileLayout.fileOffset(300), (byte) 1);
            Native.unmap(mapping);
            assertThat(FileHoles.nextStored(lock, 300)).isEqualTo(300);
            assertThat(FileHoles.nextStored(lock, 0)).isBetween(0L, 300L);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void findsNothingBehindTheEnd(boolean isInMemory) throws IOException {
        try (FileLock lock = FileLock.acquire(create(isInMemory))) {
            assertThat(nextStored(lock, FRAMES, FRAMES + 1, 1L << 40)).containsOnly(-1L);
        }
    }

    @Test
    void takesEveryFrameForStoredWhereNobodyCanTell() {
        // a file of the kernel's that can be locked, and that refuses to seek so
        try (FileLock lock = FileLock.acquire(Path.of("/proc/self/comm"))) {
            assertThat(nextStored(lock, 0, 1, 5000)).containsExactly(0L, 1L, 5000L);
        }
    }
}
