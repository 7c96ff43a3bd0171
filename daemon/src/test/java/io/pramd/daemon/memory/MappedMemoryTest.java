package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FileSystem.Kind;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappedMemoryTest {
    private static final long GIB = 1L << 30;

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("m");
    }

    /** A file with holes: it takes no more room than what is stored into it. */
    private MappedMemory open(long bytes, MemoryObserver observer) throws IOException {
        setLength(bytes);
        return MappedMemory.open(FileLock.acquire(file), bytes / FileLayout.FRAME_BYTES, observer);
    }

    private void setLength(long bytes) throws IOException {
        try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
            random.setLength(bytes);
        }
    }

    private static ByteBuffer page(long seed) {
        ByteBuffer page = MetadataPage.allocate();
        for (int at = 0; at < FileLayout.FRAME_BYTES; at += Long.BYTES) {
            page.putLong(at, seed * 31 + at);
        }
        return page;
    }

    private static void assertEio(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
    }

    @Test
    void storesAndReadsAboveFourGigabytes() throws IOException {
        long bytes = 9 * GIB;
        try (MappedMemory memory = open(bytes, MemoryObserver.NONE)) {
            long[] pfns = {
                0,
                (2 * GIB - 4096) / 4096,
                4 * GIB / 4096 - 1,
                4 * GIB / 4096,
                8 * GIB / 4096 + 7,
                bytes / 4096 - 1
            };
            for (long pfn : pfns) {
                memory.store(pfn, page(pfn));
            }
            for (long pfn : pfns) {
                ByteBuffer read = MetadataPage.allocate();
                memory.read(pfn, read);
                assertThat(read).isEqualTo(page(pfn));
                MemorySegment mapped = memory.frames(pfn, 1);
                assertThat(mapped.mismatch(MemorySegment.ofBuffer(read))).isEqualTo(-1);
                assertThat(new PageChecksum().ofPage(memory.frames(pfn, 1), 0))
                        .isEqualTo(new PageChecksum().ofPage(read));
            }
            memory.populateForWrite(5 * GIB / 4096, 16);
            memory.frames(5 * GIB / 4096, 1).set(ValueLayout.JAVA_LONG, 0, 42);
            memory.announceWritten(5 * GIB, Long.BYTES);
            memory.forcer().forceFrames(5 * GIB / 4096, 1);
            ByteBuffer read = MetadataPage.allocate();
            memory.read(5 * GIB / 4096, read);
            assertThat(read.getLong(0)).isEqualTo(42);
        }
    }

    @Test
    void addressSpaceIsLargerThanTheFileSoThatItCanGrowInPlace() throws IOException {
        setLength(4 << 20);
        try (FileLock lock = FileLock.acquire(file);
                Mapping mapping = Mapping.of(lock, MappedMemory.ADDRESS_BYTES_MIN)) {
            assertThat(mapping.segment().byteSize()).isEqualTo(1L << 40);
            MemoryFile.preallocate(lock, 0, 8 << 20);

            mapping.segment().set(ValueLayout.JAVA_LONG, (8 << 20) - Long.BYTES, 7);

            try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "r")) {
                random.seek((8 << 20) - Long.BYTES);
                assertThat(Long.reverseBytes(random.readLong())).isEqualTo(7);
            }
        }
    }

    @Test
    void framesBeyondTheFileAreRefused() throws IOException {
        try (MappedMemory memory = open(4 << 20, MemoryObserver.NONE)) {
            assertEio(() -> memory.store(1024, page(1)));
            assertEio(() -> memory.read(1024, MetadataPage.allocate()));
            assertEio(() -> memory.read(-1, MetadataPage.allocate()));
            assertEio(() -> memory.frames(1020, 5));
            assertEio(() -> memory.frames(Long.MAX_VALUE, 5));
            assertThat(memory.frames(1020, 4).byteSize()).isEqualTo(4 * 4096);
        }
    }

    @Test
    void fileCutShortIsAnErrorAndNeverAFault() throws IOException {
        try (MappedMemory memory = open(4 << 20, MemoryObserver.NONE)) {
            memory.store(1000, page(1));
            setLength(2 << 20);

            for (int i = 0; i < 100; i++) {
                assertEio(() -> memory.store(1000, page(1)));
                assertEio(() -> memory.read(1000, MetadataPage.allocate()));
                assertThatThrownBy(() -> new PageChecksum().ofPage(memory.frames(1000, 1), 0))
                        .isInstanceOf(InternalError.class);
            }
            assertEio(() -> memory.populateForWrite(1000, 1));
            assertEio(() -> memory.populateForRead(1000, 1));
            memory.store(100, page(3));
        }
    }

    /** Hears in order. */
    private static final class Hearing implements MemoryObserver {
        private final List<String> heard = new ArrayList<>();
        private final String fileSystem;

        Hearing() {
            this("tmpfs");
        }

        Hearing(String fileSystem) {
            this.fileSystem = fileSystem;
        }

        @Override
        public FileSystem fileSystem(FileSystem found) {
            boolean isOnDevice = !fileSystem.equals("tmpfs");
            return new FileSystem(fileSystem, isOnDevice ? Kind.IN_PLACE : Kind.VOLATILE);
        }

        @Override
        public void written(long fileOffset, long bytes) {
            heard.add("written " + fileOffset + " " + bytes);
        }

        @Override
        public void forcing(long fileOffset, long bytes) {
            heard.add("forcing " + fileOffset + " " + bytes);
        }

        @Override
        public void forced(long fileOffset, long bytes) {
            heard.add("forced " + fileOffset + " " + bytes);
        }
    }

    @Test
    void everyChangeAndForceIsAnnounced() throws IOException {
        Hearing hearing = new Hearing();
        try (MappedMemory memory = open(4 << 20, hearing)) {
            memory.store(3, page(1));
            memory.announceWritten(8192, 10);
            memory.forcer().forceFrames(3, 1);

            assertThat(hearing.heard)
                    .containsExactly(
                            "written 12288 4096",
                            "written 8192 10",
                            "forcing 12288 4096",
                            "forced 12288 4096");
        }
    }

    private static List<String> forced(Hearing hearing) {
        List<String> forced =
                hearing.heard.stream().filter(line -> line.startsWith("forced")).toList();
        hearing.heard.clear();
        return forced;
    }

    @Test
    void firstForceCoversTheFileAndLaterOnesWhatRootsHaveComeToReach() throws IOException {
        Hearing hearing = new Hearing();
        try (MappedMemory memory = open(4 << 20, hearing)) {
            memory.forcer().forceReached();
            assertThat(forced(hearing)).containsExactly("forced 0 " + (4 << 20));

            memory.forcer().forceReached();
            memory.store(20, page(1));
            memory.forcer().forceReached();
            assertThat(forced(hearing)).isEmpty();

            memory.forcer().reached(20, 1);
            memory.forcer().reached(21, 2);
            memory.forcer().forceReached();
            assertThat(forced(hearing)).containsExactly("forced 81920 12288");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "ext4"})
    void storesNothingBehindTheEndOfAFileThatWasCut(String fileSystem) throws IOException {
        try (MappedMemory memory = open(4 << 20, new Hearing(fileSystem))) {
            memory.store(1023, page(1));
            setLength(1 << 20);
            assertEio(() -> memory.store(1023, page(2)));
            assertThat(Files.size(file)).isEqualTo(1 << 20);
            memory.store(255, page(3));
            ByteBuffer read = MetadataPage.allocate();
            memory.read(255, read);
            assertThat(read.array()).isEqualTo(page(3).array());
        }
    }

    @Test
    void forcesExactlyWhatIsReachedWithOneFlushWhereThatIsEnough() throws IOException {
        Hearing hearing = new Hearing("ext4");
        try (MappedMemory memory = open(256 << 20, hearing)) {
            memory.forcer().forceReached();
            hearing.heard.clear();
            long before = memory.forcer().flushes();
            memory.forcer().reached(20, 1);
            memory.forcer().reached(22, 2);
            memory.forcer().reached(65535, 1);
            memory.forcer().forceReached();
            assertThat(forced(hearing))
                    .containsExactly(
                            "forced 81920 4096", "forced 90112 8192", "forced 268431360 4096");
            assertThat(memory.forcer().flushes() - before).isOne();
        }
    }

    @Test
    void forcesWhatLiesCloseTogetherAtOnceWhereEachPartIsFlushed() throws IOException {
        Hearing hearing = new Hearing("zfs");
        try (MappedMemory memory = open(256 << 20, hearing)) {
            memory.forcer().forceReached();
            hearing.heard.clear();
            long before = memory.forcer().flushes();
            memory.forcer().reached(20, 1);
            memory.forcer().reached(533, 1); // 512 frames of others between them
            memory.forcer().reached(1047, 1); // 513
            memory.forcer().forceReached();
            assertThat(forced(hearing))
                    .containsExactly("forced 81920 2105344", "forced 4288512 4096");
            assertThat(memory.forcer().flushes() - before).isEqualTo(2);
        }
    }

    @Test
    void forceThatFailedIsNeverRetriedAsIfNothingHadHappened() throws IOException {
        MemoryObserver failingOnce =
                new MemoryObserver() {
                    private boolean hasFailed;

                    @Override
                    public void forcing(long fileOffset, long bytes) {
                        if (!hasFailed) {
                            hasFailed = true;
                            throw StoreException.of(Errno.EIO, "device failed");
                        }
                    }
                };
        try (MappedMemory memory = open(4 << 20, failingOnce)) {
            memory.store(5, page(1));
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> memory.forcer().forceReached())
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                e -> assertThat(e.isOutcomeUnknown()).isTrue());
            }
            assertThat(memory.forcer().hasFailed()).isTrue();
            assertEio(() -> memory.forcer().forceFrames(5, 1));
        }
    }
}
