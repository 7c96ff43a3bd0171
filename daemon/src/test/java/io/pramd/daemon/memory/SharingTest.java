package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharingTest {
    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void create() throws IOException {
        file = Files.createFile(folder.resolve("file"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private String mode() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private String group() throws IOException {
        return Files.readAttributes(file, PosixFileAttributes.class).group().getName();
    }

    @Test
    void withNobodyIsForTheUserAlone() throws IOException {
        Sharing.NONE.apply(file);
        assertThat(mode()).isEqualTo("rw-------");
    }

    @Test
    void withAGroupIsForTheGroupAsWell() throws IOException {
        String group = group(); // the one group that this user is in for certain
        Sharing.with(group).apply(file);
        assertThat(mode()).isEqualTo("rw-rw----");
        assertThat(group()).isEqualTo(group);
    }

    @Test
    void refusesAGroupThatIsNot() throws IOException {
        assertThatThrownBy(() -> Sharing.with("no-such-group").apply(file))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("group=no-such-group")
                .extracting(e -> ((StoreException) e).errno())
                .isEqualTo(Errno.EINVAL);
        assertThat(mode()).as("the mode").isEqualTo("rwxrwxrwx");
    }

    @Test
    void doesNotFollowALink() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Sharing.with(group()).apply(link);
        assertThat(mode()).as("of what it leads to").isEqualTo("rwxrwxrwx");
    }
}
