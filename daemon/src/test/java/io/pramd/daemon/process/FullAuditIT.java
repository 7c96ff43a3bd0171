package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.InfoValue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No room for the audit log: the daemon says so, and serves on. */
@Timeout(120)
class FullAuditIT {
    /** Mounts that nobody else sees, and that are gone with the process. */
    private static final List<List<String>> OWN_MOUNTS =
            List.of(
                    List.of("unshare", "--mount"),
                    List.of("unshare", "--mount", "--map-root-user", "--user"));

    /** Enough that whoever tries again now and then has tried often. */
    private static final int LOST_LINES = 300;

    @TempDir private Path folder;

    private static void saveAndLoad(PramClient client) {
        client.save("a", new byte[] {1, 2});
        assertThat(client.load("a", LoadStream::readAllBytes)).containsExactly(1, 2);
    }

    private static String fault(PramClient client) {
        saveAndLoad(client);
        return client.info().get("audit.fault") instanceof InfoValue.Text text
                ? text.value()
                : "no fault is told of";
    }

    private static long lost(PramClient client) {
        saveAndLoad(client);
        return client.info().get("audit.lost") instanceof InfoValue.Count count
                ? count.value()
                : -1;
    }

    private static List<String> with(List<String> words, String... more) {
        return Stream.concat(words.stream(), Stream.of(more)).toList();
    }

    @Test
    void itIsWrittenAgainWhenThereIsRoom() throws IOException {
        List<String> ownMounts =
                OWN_MOUNTS.stream()
                        .filter(way -> Commands.in(folder).run(with(way, "true")).exitCode() == 0)
                        .findFirst()
                        .orElse(List.of());
        assumeTrue(
                !ownMounts.isEmpty(),
                "skipped: no own mounts here, which need root or user namespaces");
        Path small = Files.createDirectory(folder.resolve("small"));
        String mount = "mount -t tmpfs -o size=64k tmpfs '" + small + "' && exec \"$@\"";
        try (DaemonProcess daemon =
                        DaemonProcess.startThrough(
                                with(ownMounts, "bash", "-c", mount, "bash"),
                                folder.resolve("memory"),
                                "--audit-log",
                                small.resolve("audit").toString());
                PramClient client = PramClient.connect(daemon.uri())) {
            Path seen = Path.of("/proc/" + daemon.pid() + "/root" + small);
            fill(seen.resolve("filler"));
            Await.until("the fault is told", () -> fault(client).contains("No space left"));
            Await.until(
                    "many lines are lost",
                    () -> {
                        assertThat(fault(client)).contains("No space left");
                        return lost(client) > LOST_LINES;
                    });
            String told = "the audit log cannot be written: file=" + small;
            Await.until(told, () -> daemon.log().contains(told));
            assertThat(daemon.log()).containsOnlyOnce(told).doesNotContain("is written again");
            Files.delete(seen.resolve("filler"));
            Await.until("the fault is gone", () -> fault(client).isEmpty());
            long written = Files.size(seen.resolve("audit"));
            saveAndLoad(client);
            Await.until("lines are written", () -> size(seen.resolve("audit")) > written);
            String over = "the audit log is written again";
            Await.until(over, () -> daemon.log().contains(over));
            assertThat(daemon.log()).containsOnlyOnce(over);
            assertThat(Files.readAllLines(seen.resolve("audit")))
                    .allMatch(line -> line.matches("\\{\"time\":\"[^{}]*}"));
        }
    }

    private static void fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
