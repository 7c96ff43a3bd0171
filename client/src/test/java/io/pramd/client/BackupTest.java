package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.pramd.client.fixture.FakeBackup;
import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.Errno;
import io.pramd.protocol.FrameRun;
import io.pramd.protocol.FramesAre;
import io.pramd.protocol.MessageType;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
    @TempDir Path folder;

    private final FakeDaemon daemon = new FakeDaemon();
    private PramClient client;
    private Path file;

    @BeforeEach
    void connect() {
        client = PramClient.connect(daemon.uri());
        file = folder.resolve("copy");
    }

    @AfterEach
    void close() {
        client.close();
        daemon.close();
    }

    private static FramesAre last(long framesSent, FrameRun... runs) {
        return new FramesAre(true, framesSent, List.of(runs), List.of());
    }

    private static ByteBuf withAnotherLastByte(ByteBuf pages) {
        return pages.setByte(pages.writerIndex() - 1, 1);
    }

    private void requireFailure(Class<? extends PramException> type, Errno errno) {
        assertThatThrownBy(() -> client.backup(file))
                .isInstanceOfSatisfying(type, e -> assertThat(e.errno()).isEqualTo(errno));
        assertThat(folder).isEmptyDirectory();
        client.ping();
    }

    @Test
    void writesAFileOfTheWholeSizeThatIsItsOwnersAlone() throws IOException {
        BackupReport report = client.backup(file);

        assertThat(report)
                .isEqualTo(
                        new BackupReport(
                                FakeBackup.FILE_BYTES, 4 * 4096, 7, 2, List.of("page 7 is bad")));
        assertThat(file).hasSize(FakeBackup.FILE_BYTES);
        assertThat(Files.getPosixFilePermissions(file))
                .containsExactlyInAnyOrder(
                        PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        assertThat(folder.toFile().list()).containsExactly("copy");
    }

    @Test
    void pageThatChangesOnItsWayEndsIt() {
        daemon.faults().sendPagesAs(BackupTest::withAnotherLastByte);
        requireFailure(RejectedException.class, Errno.EIO);
    }

    @Test
    void tellsHowFarItIs() throws IOException {
        StringBuilder told = new StringBuilder();
        client.backup(file, (bytes, max) -> told.append(bytes).append('/').append(max).append(' '));
        assertThat(told).hasToString("12288/16384 16384/16384 ");
    }

    @Test
    void leavesAnotherFileAlone() throws IOException {
        Files.writeString(file, "mine");
        assertThatThrownBy(() -> client.backup(file))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("mine");
        assertThat(folder.toFile().list()).containsExactly("copy");
    }

    /** Else it would be found out when all has been written. */
    @Test
    void leavesALinkAloneThatLeadsNowhere() throws IOException {
        Files.createSymbolicLink(file, folder.resolve("gone"));
        assertThatThrownBy(
                        () ->
                                client.backup(
                                        file,
                                        (bytes, max) -> {
                                            throw new AssertionError("it is under way");
                                        }))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(folder.toFile().list()).containsExactly("copy");
    }

    @Test
    void framesBeyondTheFileBreakTheProtocol() {
        daemon.backup().parts(last(2, new FrameRun(1023, 2)));
        requireFailure(NotSentException.class, Errno.EAGAIN);
    }

    @Test
    void framesThatAreMissingAtTheEndBreakTheProtocol() {
        daemon.backup().parts(last(2, new FrameRun(1023, 1)));
        requireFailure(NotSentException.class, Errno.EAGAIN);
    }

    @Test
    void refusalInTheMiddleEndsIt() {
        daemon.refuse(MessageType.NEXT_FRAMES, Errno.ENOMEM, 3);
        requireFailure(RejectedException.class, Errno.ENOMEM);
    }

    @Test
    void daemonThatKnowsNoBackupSaysSo() {
        daemon.refuse(MessageType.BACKUP, Errno.EINVAL, 1);
        requireFailure(RejectedException.class, Errno.EINVAL);
    }

    @Test
    void lostConnectionEndsIt() {
        daemon.cutBefore(MessageType.NEXT_FRAMES);
        requireFailure(NotSentException.class, Errno.EAGAIN);
    }
}
