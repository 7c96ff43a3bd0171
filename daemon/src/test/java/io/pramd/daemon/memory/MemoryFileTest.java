package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.fixture.InMemory;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryFileTest {
    private static final long BYTES = 4 << 20;

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("m");
    }

    private FileLock create() {
        return MemoryFile.create(
                file,
                BYTES,
                Sharing.NONE,
                channel -> channel.write(ByteBuffer.wrap("first".getBytes())));
    }

    private static void assertErrno(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }

    @Test
    void isWholePrivateAndLockedWhenItGetsItsName() throws IOException {
        try (FileLock lock = create()) {
            assertThat(lock.path()).isEqualTo(file);
            assertThat(Files.size(file)).isEqualTo(BYTES);
            assertThat(Files.readAllBytes(file)).startsWith("first".getBytes());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertErrno(Errno.EBUSY, () -> FileLock.acquire(file));
        }
        assertThat(names()).containsExactly("m");
    }

    @Test
    void hasAllItsBlocks() throws IOException {
        create().close();

        assertThat(allocatedBytes()).isGreaterThanOrEqualTo(BYTES);
    }

    private long allocatedBytes() throws IOException {
        Process stat = new ProcessBuilder("stat", "--format=%b %B", file.toString()).start();
        String[] figures = new String(stat.getInputStream().readAllBytes()).strip().split(" ");
        return Long.parseLong(figures[0]) * Long.parseLong(figures[1]);
    }

    @Test
    void inMemoryAFileWithoutHolesIsSeenToHaveNone(@TempDir(factory = InMemory.class) Path inMemory)
            throws IOException {
        file = inMemory.resolve("m");
        try (FileLock lock = create()) {
            assertThat(MemoryFile.hasAllBlocks(lock, BYTES)).isTrue();
            MemoryFile.preallocate(lock, 0, BYTES);
            assertThat(allocatedBytes()).isEqualTo(BYTES);
        }
    }

    @Test
    void inMemoryAHoleIsSeenAndFilled(@TempDir(factory = InMemory.class) Path inMemory)
            throws IOException {
        file = inMemory.resolve("m");
        writeAllButOnePage(BYTES);
        try (FileLock lock = FileLock.acquire(file)) {
            assertThat(MemoryFile.hasAllBlocks(lock, BYTES)).isFalse();
            MemoryFile.preallocate(lock, 0, BYTES);
            assertThat(allocatedBytes()).isEqualTo(BYTES);
        }
    }

    @Test
    void inMemoryAnyLengthWithoutHolesIsSeenToHaveNone(
            @TempDir(factory = InMemory.class) Path inMemory) throws IOException {
        file = inMemory.resolve("m");
        create().close();
        long longer = BYTES + 4096;
        try (FileLock lock = FileLock.acquire(file)) {
            MemoryFile.preallocate(lock, 0, longer);
            assertThat(MemoryFile.hasAllBlocks(lock, longer)).isTrue();
        }
    }

    @Test
    void blocksBehindTheEndProveNothing(@TempDir(factory = InMemory.class) Path inMemory)
            throws Exception {
        file = inMemory.resolve("m");
        create().close();
        String end = Long.toString(BYTES);
        Process behind =
                new ProcessBuilder("fallocate", "-n", "-o", end, "-l", "8192", file.toString())
                        .start();
        assertThat(behind.waitFor()).isZero();
        try (FileLock lock = FileLock.acquire(file)) {
            assertThat(allocatedBytes()).isEqualTo(BYTES + 8192);
            assertThat(MemoryFile.hasAllBlocks(lock, BYTES)).isFalse();
        }
    }

    private void writeAllButOnePage(long bytes) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.write(new byte[(int) bytes / 2]);
            sparse.seek(bytes / 2 + 4096);
            sparse.write(new byte[(int) bytes / 2 - 4096]);
        }
    }

    @Test
    void isTheSameWhenWhatWasCachedOfItIsDropped() throws IOException {
        try (FileLock lock = create()) {
            byte[] before = Files.readAllBytes(file);
            assertThat(MemoryFile.dropCached(lock)).isEmpty();
            assertThat(Files.readAllBytes(file)).isEqualTo(before);
        }
    }

    @Test
    void replacesAnEmptyFile() throws IOException {
        Files.createFile(file);

        create().close();

        assertThat(Files.size(file)).isEqualTo(BYTES);
        assertThat(names()).containsExactly("m");
    }

    @Test
    void leavesAFileThatIsNotEmptyAlone() throws IOException {
        Files.writeString(file, "precious");

        assertErrno(Errno.EEXIST, this::create);

        assertThat(Files.readString(file)).isEqualTo("precious");
        assertThat(names()).containsExactly("m");
    }

    @Test
    void leavesAnEmptyFileThatSomebodyHasLockedAlone() throws IOException {
        Files.createFile(file);
        try (FileLock lock = FileLock.acquire(file)) {
            assertErrno(Errno.EBUSY, this::create);
            assertThat(Files.size(lock.path())).isZero();
        }
        assertThat(names()).containsExactly("m");
    }

    @Test
    void missingFolderIsEnoent() {
        file = folder.resolve("none").resolve("m");

        assertErrno(Errno.ENOENT, this::create);
    }

    @Test
    void leavesNothingBehindWhenItsContentsCannotBeWritten() throws IOException {
        assertErrno(
                Errno.EIO,
                () ->
                        MemoryFile.create(
                                file,
                                BYTES,
                                Sharing.NONE,
                                channel -> {
                                    throw new IOException("device failed");
                                }));

        assertThat(names()).isEmpty();
    }

    @Test
    void killHalfWayLeavesNoFileOfThatName() throws Exception {
        OtherProcess.Ended killed = OtherProcess.run("", "create-and-die", file.toString());

        assertThat(killed.exitCode()).as(killed.text()).isEqualTo(OtherProcess.KILLED);
        assertThat(Files.exists(file)).isFalse();
        create().close();
        assertThat(Files.size(file)).isEqualTo(BYTES);
    }

    @Test
    void preallocationThatFailsLeavesTheSize() throws Exception {
        create().close();

        // 6 MiB in blocks of 512 bytes: a limit that needs no root and no small device
        OtherProcess.Ended limited =
                OtherProcess.run(
                        "ulimit -f 12288;", "preallocate", file.toString(), "" + (64 << 20));

        assertThat(limited.text()).startsWith("ENOMEM").contains("size=" + BYTES);
        assertThat(Files.size(file)).isEqualTo(BYTES);
        assertThat(Files.readAllBytes(file)).startsWith("first".getBytes());
    }
}
