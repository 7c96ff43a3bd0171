package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real daemon with {@code --admin}. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AdminIT {
    private static final int USAGE = 2;
    private static final int EBUSY = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir Path folder;

    private static HttpResponse<String> get(HttpClient http, String uri)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(uri)).timeout(PATIENCE).build(),
                BodyHandlers.ofString());
    }

    @Test
    void showsTheDaemonUntilItsEnd() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient();
                DaemonProcess daemon =
                        DaemonProcess.start(folder.resolve("m"), "--admin", "127.0.0.1:0");
                PramClient client = PramClient.connect(daemon.uri())) {
            String admin = daemon.admin();
            client.save("a", new byte[10_000]);

            assertThat(get(http, admin + "api/v1/info").body()).contains("\"nodes.ready\":1,");
            assertThat(get(http, admin + "healthz").body()).isEqualTo("ok\n");
            assertThat(get(http, admin).body()).startsWith("<!doctype html>");

            assertThat(daemon.stop()).isZero();
            assertThat(daemon.log()).contains("stopped cleanly").doesNotContain("Exception");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, expected HOST:PORT",
        "0.0.0.0:0, needs a certificate",
        "http://0.0.0.0:0, beyond loopback only https://",
        "https://127.0.0.1:0, needs a certificate"
    })
    void refusesAnAddressWithWhatItLacks(String address, String expected) {
        Ended ended = serve(address);
        assertThat(ended.exitCode()).isEqualTo(USAGE);
        assertThat(ended.stderr()).contains("admin listener ").contains(expected);
        assertThat(folder.resolve("m")).doesNotExist();
    }

    @Test
    void anAddressInUseEndsTheStart() {
        try (DaemonProcess other =
                DaemonProcess.start(folder.resolve("other"), "--admin", "127.0.0.1:0")) {
            String address = other.admin();
            Ended ended = serve(address.substring("http://".length(), address.length() - 1));
            assertThat(ended.exitCode()).isEqualTo(EBUSY);
            assertThat(ended.stderr()).contains("address=" + address);
            assertThat(ended.stdout()).isEmpty();
        }
    }

    private Ended serve(String admin) {
        return Commands.in(folder)
                .pramd(
                        "serve",
                        "--memory",
                        folder.resolve("m").toString(),
                        "--size",
                        "8M",
                        "--listen",
                        "pram://127.0.0.1:0",
                        "--admin",
                        admin);
    }
}
