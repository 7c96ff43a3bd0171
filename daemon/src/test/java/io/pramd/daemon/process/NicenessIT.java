package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The threads of administrators give way to all others, and hand that on to none of them. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NicenessIT {
    /** In {@code /proc/PID/task/TID/stat}, behind the name. */
    private static final int NICENESS_FIELD = 16;

    private static final String GIVES_WAY = "10";

    /** As much of a name as the kernel keeps. */
    private static final String OF_ADMINISTRATORS = "pramd-admin|pramd-admin-wor|pramd-map";

    /** Where the JDK waits for time limits, which only what is asked by administrators has. */
    private static final String OF_TIME_LIMITS = "ForkJoinPool.co";

    @TempDir Path folder;

    @Test
    void onlyThreadsOfAdministratorsGiveWay() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient();
                DaemonProcess daemon =
                        DaemonProcess.start(folder.resolve("m"), "--admin", "127.0.0.1:0")) {
            Await.until("it is ready", () -> ask(http, daemon, "readyz") == 200);
            // before any client gives work to anybody
            for (String path :
                    List.of(
                            "healthz",
                            "metrics",
                            "api/v1/info",
                            "api/v1/clients",
                            "api/v1/frames/summary",
                            "api/v1/nodes",
                            "api/v1/node?name=a")) {
                ask(http, daemon, path);
            }
            try (PramClient client = PramClient.connect(daemon.uri())) {
                client.save("a", new byte[8 << 20]);
                client.load("a", in -> in.readAllBytes());
            }

            Map<String, String> threads = niceness(daemon.pid());
            threads.remove(OF_TIME_LIMITS);

            assertThat(threads)
                    .containsKeys("pramd-admin", "pramd-admin-wor", "pramd-map", "pramd-worker-7");
            threads.forEach(
                    (name, nice) ->
                            assertThat(nice.equals(GIVES_WAY))
                                    .as(name + " " + nice)
                                    .isEqualTo(name.matches(OF_ADMINISTRATORS)));
        }
    }

    private static int ask(HttpClient http, DaemonProcess daemon, String path) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create(daemon.admin() + path)).build(),
                            BodyHandlers.ofString())
                    .statusCode();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> niceness(long pid) throws IOException {
        Map<String, String> byName = new TreeMap<>();
        try (DirectoryStream<Path> tasks =
                Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks) {
                try {
                    String name = Files.readString(task.resolve("comm")).strip();
                    String stat = Files.readString(task.resolve("stat"));
                    String[] fields = stat.substring(stat.lastIndexOf(") ") + 2).split(" ");
                    byName.merge(name, fields[NICENESS_FIELD], (one, other) -> one + other);
                } catch (IOException e) {
                    if (Files.exists(task)) {
                        throw e;
                    } // else it has ended: before its files were opened, or before they were read
                }
            }
        }
        return byName;
    }
}
