package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.RunLength;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code pramd shrink}, ended by SIGKILL while it stores. */
@Timeout(300)
class ShrinkIT {
    private static final int MIB = 1 << 20;
    private static final int ROUNDS = RunLength.of(1, 12);
    private static final long KILL_WITHIN_MILLIS = 150;

    @TempDir(factory = OnDevice.class)
    Path folder;

    private Path memory;
    private Commands commands;

    @BeforeEach
    void nameFile() {
        memory = folder.resolve("memory");
        commands = Commands.in(folder);
    }

    private static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private FileTime changed() {
        try {
            return Files.getLastModifiedTime(memory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it so long after its first store. */
    private void killedBehind(long millis) throws Exception {
        FileTime before = changed();
        Process shrink =
                new ProcessBuilder(
                                DaemonProcess.launcher().toString(),
                                "shrink",
                                memory.toString(),
                                "--size",
                                "40M")
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        Await.until("its first store", () -> !changed().equals(before) || !shrink.isAlive());
        shrink.waitFor(Duration.ofMillis(millis));
        shrink.destroyForcibly().onExit().join();
    }

    private void requireAll() {
        assertThat(commands.pramd("fsck", memory.toString()).exitCode()).isZero();
        try (DaemonProcess daemon = DaemonProcess.start(memory);
                PramClient client = PramClient.connect(daemon.uri())) {
            for (int i = 0; i < 4; i++) {
                byte[] found = client.peek("n" + i, LoadStream::readAllBytes);
                assertThat(found).isEqualTo(bytes(i, 6 * MIB + i));
            }
            assertThat(client.list()).hasSize(4);
            assertThat(daemon.stop()).isZero();
        }
    }

    @Test
    void losesNothingWhenItIsKilled() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--size", "64M");
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("filler", bytes(9, 34 * MIB));
            for (int i = 0; i < 4; i++) {
                client.save("n" + i, bytes(i, 6 * MIB + i));
            }
            client.remove("filler");
            assertThat(daemon.stop()).isZero();
        }
        Path whole = Files.move(memory, folder.resolve("whole"));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Files.copy(whole, memory, StandardCopyOption.REPLACE_EXISTING);
            long millis = random.nextLong(KILL_WITHIN_MILLIS);
            killedBehind(millis);
            requireAll();
        }
        Ended ended = commands.pramd("shrink", memory.toString(), "--size", "40M");
        assertThat(ended.exitCode()).as("seed=%d %s", seed, ended.stderr()).isZero();
        assertThat(memory).hasSize(40L * MIB);
        requireAll();
    }
}
