package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.AuditLog;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(60)
class AuditFileTest {
    private static final long KEEP_BYTES = 20_000;
    private static final long ROOM_BYTES = 10_000_000;
    private static final AuditLog.Doer DOER = new AuditLog.Doer(1, "127.0.0.1:1", "a", "uid 1");
    private static final AuditLog.Deed DEED = new AuditLog.Deed("save", "n", "ok", 1, 2);

    @TempDir Path folder;

    /** It is a logger of the whole process. */
    @AfterEach
    void close() {
        ((Logger) LoggerFactory.getLogger("pramd.audit")).detachAndStopAllAppenders();
    }

    private List<Path> files() {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long bytes(List<Path> files) {
        return files.stream().mapToLong(file -> file.toFile().length()).sum();
    }

    @Test
    void olderFilesBeginAtASizeAndTakeNoMoreThanIsKept() throws IOException {
        Path file = folder.resolve("audit");
        AuditFile audit = new AuditFile(file, KEEP_BYTES);
        audit.begin();
        Await.until(
                "there were so many files that some had to go",
                () -> {
                    for (int i = 0; i < 100; i++) {
                        audit.write(DOER, DEED);
                    }
                    return files().stream().noneMatch(f -> f.toString().endsWith(".0"))
                            && files().size() > 1;
                });
        close(); // now all is written, and no file gets another name any more
        Await.until(
                "the older ones take no more than is kept",
                () -> bytes(files().stream().filter(f -> !f.equals(file)).toList()) <= KEEP_BYTES);

        assertThat(audit.info()).containsEntry("audit.fault", "");
        assertThat(files()).contains(file);
        for (Path each : files()) {
            assertThat(linesUnlessGone(each))
                    .allMatch(line -> line.startsWith("{\"time\"") && line.endsWith("}"));
            assertThat(each.getFileName().toString())
                    .matches("audit(\\.\\d{4}-\\d\\d-\\d\\d\\.\\d+)?");
        }
    }

    /** Whoever removes the older ones does so by a thread of its own. */
    private static List<String> linesUnlessGone(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    @Test
    void theEndLosesNothingThatWaits() throws IOException {
        Path file = folder.resolve("audit");
        AuditFile audit = new AuditFile(file, ROOM_BYTES);
        audit.begin();
        int lines = 5000; // fewer than may wait

        for (int i = 0; i < lines; i++) {
            audit.write(DOER, DEED);
        }
        close();

        assertThat(audit.info()).containsEntry("audit.fault", "").containsEntry("audit.lost", 0L);
        assertThat(Files.readAllLines(file)).hasSize(lines);
    }

    @Test
    void aDeviceIsRefusedAndKeepsItsName() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("audit"), Path.of("/dev/full"));
        assertThatThrownBy(() -> new AuditFile(link, KEEP_BYTES))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
                .hasMessageContaining("file=" + link);
        assertThat(files()).containsExactly(link);
    }
}
