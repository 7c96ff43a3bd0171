package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.OnDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The drills of docs/operations.md: every command of "Back up and restore" runs, in order. */
@Timeout(180)
class DrillIT {
    private static final Path PAGE = Path.of("../docs/operations.md");
    private static final String DEFAULT = "pram://127.0.0.1:7726";

    @TempDir(factory = OnDevice.class)
    Path folder;

    private Commands commands;
    private String socket;

    @BeforeEach
    void nameSocket() {
        socket = "pram+unix://" + folder.resolve("sock");
        commands = Commands.in(folder).with("PRAM_SERVER", socket);
    }

    /** The blocks of commands, in order. */
    private static List<String> drills() throws IOException {
        String section =
                Files.readString(PAGE).split("\n## Back up and restore\n")[1].split("\n## ")[0];
        List<String> drills = new ArrayList<>();
        String[] parts = section.split("```\n");
        for (int i = 1; i < parts.length; i += 2) {
            drills.add(parts[i]);
        }
        return drills;
    }

    private Ended run(String drill) {
        Ended ended = commands.shell("set -eu\n" + drill.replace(DEFAULT, socket));
        assertThat(ended.exitCode()).as(drill + ended.stdout() + ended.stderr()).isZero();
        return ended;
    }

    private PramClient connect() {
        return PramClient.connect(
                socket, PramConfig.defaults().withConnectWait(Duration.ofSeconds(30)));
    }

    private static byte[] peek(PramClient client, String name) {
        return client.peek(name, LoadStream::readAllBytes);
    }

    private long pid() throws IOException {
        return Long.parseLong(Files.readString(folder.resolve("memory.pid")).strip());
    }

    @Test
    void aRestoreBehindADaemonThatWasKilledHarmsNoOtherProgram() throws Exception {
        List<String> drills = drills();
        Path memory = folder.resolve("memory");
        try (DaemonProcess daemon =
                        DaemonProcess.start(memory, "--size", "64M", "--listen", socket);
                PramClient client = connect()) {
            client.save("kept", new byte[] {1});
            run(drills.get(0));
            daemon.kill();
        }
        try (CommandProcess other = commands.start(List.of("sleep", "600"))) {
            Files.writeString(folder.resolve("memory.pid"), other.pid() + "\n");

            assertThat(run(drills.get(2)).stdout()).contains("kept");

            assertThat(other.isAlive()).isTrue();
        } finally {
            ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroy);
        }
    }

    @Test
    void everyDrillDoesWhatItSays() throws Exception {
        List<String> drills = drills();
        assertThat(drills).hasSize(4);
        Path memory = folder.resolve("memory");
        try (DaemonProcess daemon =
                        DaemonProcess.start(memory, "--size", "64M", "--listen", socket);
                PramClient client = connect()) {
            client.save("kept", new byte[5 << 20]);
            run(drills.get(0));
            client.save("later", new byte[] {1});
            assertThat(run(drills.get(1)).stdout()).contains("kept").doesNotContain("later");
            assertThat(client.list()).hasSize(2);
            assertThat(folder.resolve("rehearsal.mem")).doesNotExist();

            String listed = run(drills.get(2)).stdout();
            assertThat(daemon.awaitExit()).isZero();
            assertThat(listed).contains("kept").doesNotContain("later");
        }
        assertThat(folder.resolve("memory.lost")).hasSize(64 << 20);
        long restored = pid();
        try (PramClient client = connect()) {
            assertThat(peek(client, "kept")).isEqualTo(new byte[5 << 20]);
            client.save("new", new byte[] {2});
            run(drills.get(3));
        } finally {
            ProcessHandle.of(restored).ifPresent(ProcessHandle::destroy);
        }
        assertThat(memory).hasSize(48 << 20);
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--listen", socket);
                PramClient client = connect()) {
            assertThat(peek(client, "kept")).isEqualTo(new byte[5 << 20]);
            assertThat(peek(client, "new")).isEqualTo(new byte[] {2});
            assertThat(daemon.stop()).isZero();
        }
    }
}
