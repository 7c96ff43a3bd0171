package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM: what is running may end within --drain, then a root is forced and all is tidy. */
class StopIT {
    private static final byte[] BYTES = new byte[3_000_001];

    static {
        new Random(1).nextBytes(BYTES);
    }

    @TempDir Path folder;

    private Path memory;
    private Path socket;

    @BeforeEach
    void prepare() {
        memory = folder.resolve("m");
        socket = folder.resolve("s");
    }

    private DaemonProcess start(String... options) {
        String[] all = {"--listen", "pram+unix://" + socket, "--drain", "30s"};
        System.arraycopy(options, 0, all, 2, options.length);
        return DaemonProcess.start(memory, all);
    }

    private void assertTidy() {
        assertThat(folder.resolve("m.pid")).doesNotExist();
        assertThat(socket).doesNotExist();
        Ended checked = Commands.in(folder).pramd("fsck", memory.toString());
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
        assertThat(checked.stdout()).containsPattern("root: \\d+ \\(forced\\)");
    }

    @Test
    void letsRunningStreamsFinish() throws Exception {
        try (DaemonProcess daemon = start();
                PramClient client = PramClient.connect(daemon.uri())) {
            save(client, "loaded");
            LoadStream load = client.openLoad("loaded", LoadOptions.defaults());
            byte[] head = load.readNBytes(1000);
            SaveStream save = client.openSave("saved", SaveOptions.defaults());
            save.write(BYTES, 0, 100_000);

            daemon.terminate();
            awaitNoListener();
            save.write(BYTES, 100_000, BYTES.length - 100_000);
            save.finish();
            byte[] rest = load.readAllBytes();
            load.finish();

            assertThat(daemon.awaitExit()).isZero();
            assertThat(head.length + rest.length).isEqualTo(BYTES.length);
            assertThat(daemon.stdoutRest()).isEmpty();
            assertThat(daemon.log()).doesNotContain("WARN").contains("stopped cleanly");
        }
        assertTidy();
        try (DaemonProcess daemon = start();
                PramClient client = PramClient.connect(daemon.uri())) {
            assertThat(client.list("")).singleElement().extracting("name").isEqualTo("saved");
            try (LoadStream back = client.openLoad("saved", LoadOptions.defaults())) {
                assertThat(back.readAllBytes()).isEqualTo(BYTES);
                back.finish();
            }
        }
    }

    @Test
    void cutsWhatDoesNotFinishWithinTheDrain() throws Exception {
        try (DaemonProcess daemon = start("--drain", "300ms");
                PramClient client = PramClient.connect(daemon.uri())) {
            save(client, "kept");
            LoadStream load = client.openLoad("kept", LoadOptions.defaults());
            SaveStream save = client.openSave("cut", SaveOptions.defaults());
            save.write(BYTES, 0, 1_000_000);

            daemon.terminate();

            assertThat(daemon.awaitExit()).isZero();
            assertThat(daemon.log().lines().filter(line -> line.contains("WARN")))
                    .singleElement()
                    .asString()
                    .contains("cut at the end of --drain: 2");
            assertThatThrownBy(
                            () -> {
                                save.write(BYTES, 0, BYTES.length);
                                save.finish();
                            })
                    .isInstanceOf(PramException.class);
            save.discard();
            load.abort();
        }
        assertTidy();
        try (DaemonProcess daemon = start();
                PramClient client = PramClient.connect(daemon.uri())) {
            assertThat(client.list("")).singleElement().extracting("name").isEqualTo("kept");
            try (LoadStream back = client.openPeek("kept", LoadOptions.defaults())) {
                assertThat(back.readAllBytes()).isEqualTo(BYTES);
                back.finish();
            }
        }
    }

    @Test
    void endsAtOnceBesideClientsThatOnlyStayConnected() {
        try (DaemonProcess daemon = start();
                PramClient client = PramClient.connect(daemon.uri())) {
            client.ping();
            long begin = System.nanoTime();

            assertThat(daemon.stop()).isZero();

            assertThat((System.nanoTime() - begin) / 1_000_000).isLessThan(20_000);
            assertThat(daemon.log()).doesNotContain("WARN");
        }
        assertTidy();
    }

    private static void save(PramClient client, String name) throws IOException {
        try (SaveStream save = client.openSave(name, SaveOptions.defaults())) {
            save.write(BYTES);
            save.finish();
        }
    }

    /** No client asks: one that came in time would be told to come again, and wait for that. */
    private void awaitNoListener() {
        Await.until(
                "the listener is closed",
                () -> {
                    try (SocketChannel late =
                            SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                        return !late.isConnected();
                    } catch (IOException e) {
                        return true;
                    }
                });
    }
}
