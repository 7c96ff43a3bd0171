package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.ReachedFrames.Run;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteBackTest {
    private static final int FRAMES = 1024;
    private static final int EIO = 5;
    private static final List<Run> PARTS = List.of(new Run(1, 2), new Run(7, 9), new Run(700, 701));

    @TempDir Path folder;
    private FileLock lock;
    private Mapping mapping;
    private final List<String> calls = new ArrayList<>();

    @BeforeEach
    void map() throws IOException {
        Path file = folder.resolve("m");
        try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
            random.setLength(FileLayout.fileOffset(FRAMES));
        }
        lock = FileLock.acquire(file);
        mapping = Mapping.of(lock, FileLayout.fileOffset(FRAMES));
    }

    @AfterEach
    void unmap() {
        mapping.close();
        lock.close();
    }

    private WriteBack writeBack(boolean flushesOnce, int errno) {
        return new WriteBack(
                mapping.segment(),
                (offset, bytes, flags) -> {
                    calls.add(offset / FileLayout.FRAME_BYTES + " " + flags);
                    if (errno != 0) {
                        throw new Native.NativeException("sync_file_range", errno);
                    }
                    Native.syncFileRange(lock.fd(), offset, bytes, flags);
                },
                flushesOnce);
    }

    @Test
    void beginsAllPartsAndAwaitsAllButTheLastBeforeTheOneFlush() {
        assertThat(writeBack(true, 0).force(PARTS)).isOne();
        assertThat(calls).containsExactly("1 2", "7 2", "700 2", "1 7", "7 7");
    }

    @Test
    void flushesForEachPartWhereOneFlushIsNotKnownToDo() {
        assertThat(writeBack(false, 0).force(PARTS)).isEqualTo(3);
        assertThat(calls).isEmpty();
    }

    @Test
    void flushesForEachPartFromThereOnWhereTheCallIsRefused() {
        WriteBack writeBack = writeBack(true, Native.ENOSYS);
        assertThat(writeBack.force(PARTS)).isEqualTo(3);
        assertThat(writeBack.force(PARTS)).isEqualTo(3);
        assertThat(calls).containsExactly("1 2");
        assertThat(writeBack.flushesOnce()).isFalse();
    }

    @Test
    void tellsOfAnErrorOfTheDevice() {
        WriteBack writeBack = writeBack(true, EIO);
        assertThatThrownBy(() -> writeBack.force(PARTS))
                .isInstanceOf(Native.NativeException.class)
                .hasMessageContaining("errno=5");
    }
}
