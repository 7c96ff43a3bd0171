package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.InfoValue;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The memory file loses its name while it is served. */
@Timeout(120)
class LostMemoryFileIT {
    @TempDir private Path folder;

    private static String fault(PramClient client) {
        return client.info().get("memory.fault") instanceof InfoValue.Text text
                ? text.value()
                : "none is told of";
    }

    private static String ready(DaemonProcess daemon) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create(daemon.admin()).resolve("/readyz");
            return http.send(
                            HttpRequest.newBuilder(uri).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body()
                    .strip();
        }
    }

    @Test
    void itIsToldAndABackupHasWhatIsStored() throws Exception {
        Path memory = folder.resolve("m");
        Path copy = folder.resolve("copy");
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--admin", "127.0.0.1:0");
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("a", new byte[] {1, 2});
            assertThat(fault(client)).isEmpty();

            Path moved = Files.move(memory, folder.resolve("moved"));
            Await.until("it is told", () -> fault(client).contains("has another name"));
            Files.move(moved, memory);
            Await.until("it is over", () -> fault(client).isEmpty());
            assertThat(ready(daemon)).isEqualTo("ready");

            Files.delete(memory);
            String deleted = "the memory file is deleted: file=" + memory;
            Await.until("it is told", () -> fault(client).equals(deleted));
            assertThat(ready(daemon)).isEqualTo("memory file: " + deleted);
            daemon.awaitLog(deleted);
            assertThat(daemon.log().substring(daemon.log().indexOf(deleted)))
                    .contains("'pram backup FILE'");
            assertThat(daemon.log()).containsOnlyOnce(deleted);
            assertThat(
                            Commands.in(folder)
                                    .with("PRAM_SERVER", daemon.uri())
                                    .pram("backup", copy.toString())
                                    .exitCode())
                    .isZero();
            assertThat(daemon.stop()).isZero();
            assertThat(daemon.log()).contains("no start finds it, " + deleted);
        }
        try (DaemonProcess daemon = DaemonProcess.start(copy);
                PramClient client = PramClient.connect(daemon.uri())) {
            assertThat(client.load("a", LoadStream::readAllBytes)).containsExactly(1, 2);
        }
    }
}
