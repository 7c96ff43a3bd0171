package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.Errno;
import io.pramd.protocol.FrameRun;
import io.pramd.protocol.FramesAre;
import io.pramd.protocol.MessageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupCommandTest {
    @TempDir Path folder;

    private final CommandRunner pram = new CommandRunner();
    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("copy");
    }

    @AfterEach
    void close() {
        pram.close();
    }

    private int backUp() {
        return pram.run("backup", file.toString());
    }

    @Test
    void saysWhatItHolds() {
        pram.daemon.backup().parts(new FramesAre(true, 1, List.of(new FrameRun(0, 1)), List.of()));
        assertThat(backUp()).as(pram.stderr()).isZero();
        assertThat(pram.stdout())
                .isEqualTo("backup " + file + ": nodes=2 root=7 written=4.0 KiB size=4.0 MiB\n");
        assertThat(pram.stderr()).isEmpty();
    }

    @Test
    void namesWhatIsDamagedAndKeepsTheFile() {
        assertThat(backUp()).isEqualTo(6);
        assertThat(pram.stderr())
                .startsWith("pram: page 7 is bad\n")
                .contains("pramd fsck")
                .hasLineCount(2);
        assertThat(file).exists();
    }

    @Test
    void leavesAFileThatExistsAlone() throws IOException {
        Files.writeString(file, "mine");
        assertThat(backUp()).isEqualTo(1);
        assertThat(pram.stderr()).isEqualTo("pram: cannot write " + file + ": it exists\n");
        assertThat(file).hasContent("mine");
    }

    @Test
    void failsWithTheDaemonsWordAndWithoutAFolder() {
        pram.daemon.refuse(MessageType.BACKUP, Errno.EACCES, 1);
        assertThat(backUp()).isEqualTo(14);
        assertThat(folder).isEmptyDirectory();
        assertThat(pram.run("backup", folder.resolve("none/copy").toString())).isEqualTo(1);
        assertThat(pram.stderr()).contains("no such file or folder").hasLineCount(1);
    }
}
