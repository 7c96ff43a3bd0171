package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileSystemTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "0x9123683E, btrfs, COPY_ON_WRITE",
        "0xFFFFFFFF9123683E, btrfs, COPY_ON_WRITE",
        "0x2FC12FC1, zfs, COPY_ON_WRITE",
        "0xca451a4e, bcachefs, COPY_ON_WRITE",
        "0x3434, nilfs2, COPY_ON_WRITE",
        "0x01021994, tmpfs, VOLATILE",
        "0x858458f6, ramfs, VOLATILE",
        "0xEF53, ext4, IN_PLACE",
        "0x58465342, xfs, IN_PLACE",
        "0x6969, 0x6969, IN_PLACE"
    })
    void warnsOfThoseThatWriteToAnotherPlace(String type, String name, FileSystem.Kind kind) {
        FileSystem found = FileSystem.ofType(Long.parseUnsignedLong(type.substring(2), 16));

        assertThat(found).isEqualTo(new FileSystem(name, kind));
        assertThat(found.isOnDevice()).isEqualTo(kind != FileSystem.Kind.VOLATILE);
        assertThat(found.warning().isPresent()).isEqualTo(kind == FileSystem.Kind.COPY_ON_WRITE);
        found.warning().ifPresent(text -> assertThat(text).startsWith(name).contains("chattr +C"));
    }

    @Test
    void isTheOneThatTheKernelHasMounted() throws IOException {
        Path file = Files.createFile(folder.resolve("m"));
        for (Path path : new Path[] {folder, file, Path.of("/proc"), Path.of("/dev/shm")}) {
            FileStore mounted = Files.getFileStore(path);
            assertThat(FileSystem.of(path).isOnDevice()).isEqualTo(!mounted.type().equals("tmpfs"));
        }
    }

    @Test
    void saysOfAFolderThatIsMissingThatItIs() {
        assertThatThrownBy(() -> FileSystem.of(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void readsWhetherAFileIsWrittenInPlaceWithoutFailing() throws IOException {
        assertThat(Native.isWrittenInPlace(Files.createFile(folder.resolve("m")).toString()))
                .isFalse();
        assertThat(Native.isWrittenInPlace(folder.toString())).isFalse();
    }
}
