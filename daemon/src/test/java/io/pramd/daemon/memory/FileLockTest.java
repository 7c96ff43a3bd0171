package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.protocol.Errno;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLockTest {
    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void createFile() throws Exception {
        file = folder.resolve("m");
        Files.write(file, new byte[4096]);
    }

    @Test
    void refusesASecondProcessAlsoAfterTheFileWasReadInsideThisJvm() throws Exception {
        try (FileLock lock = FileLock.acquire(file)) {
            lock.writePid();
            // each of these closes a descriptor of the file, which would drop a lock of fcntl
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                channel.read(ByteBuffer.allocate(4096));
            }
            try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
                random.read();
            }
            Files.readAllBytes(file);

            OtherProcess.Ended other = OtherProcess.run("", "lock", file.toString());

            assertThat(other.text())
                    .startsWith("EBUSY")
                    .contains("pid=" + ProcessHandle.current().pid());
        }
        assertThat(OtherProcess.run("", "lock", file.toString()).text().strip()).isEqualTo("done");
    }

    @Test
    void refusesASecondLockInThisProcess() {
        try (FileLock lock = FileLock.acquire(file)) {
            assertThat(lock.path()).isEqualTo(file);
            assertThatThrownBy(() -> FileLock.acquire(file))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY))
                    .hasMessageContaining("pid=unknown");
        }
        FileLock.acquire(file).close();
    }

    @Test
    void saysWhetherALockIsHeldWithoutTakingIt() {
        assertThat(FileLock.isHeld(file)).isFalse();
        try (FileLock lock = FileLock.acquire(file)) {
            assertThat(FileLock.isHeld(lock.path())).isTrue();
            assertThat(FileLock.isHeld(lock.path())).isTrue();
        }
        assertThat(FileLock.isHeld(file)).isFalse();
    }

    @Test
    void isNotDisturbedByWhoeverAsksWhetherItIsHeld() throws Exception {
        Thread asking =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!Thread.currentThread().isInterrupted()) {
                                        FileLock.isHeld(file);
                                        LockSupport.parkNanos(100_000);
                                    }
                                });
        try {
            int taken = 0;
            for (int i = 0; i < 200; i++) {
                FileLock.acquire(file).close();
                taken++;
            }
            assertThat(taken).isEqualTo(200);
        } finally {
            asking.interrupt();
            asking.join();
        }
    }

    @Test
    void missingFileIsEnoent() {
        assertThatThrownBy(() -> FileLock.acquire(folder.resolve("none")))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }
}
