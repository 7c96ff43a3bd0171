package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.RejectedException;
import io.pramd.client.testing.PramdProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.protocol.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Memory files that grow, under real daemons and with the real commands. */
@Timeout(120)
class GrowIT {
    private static final int MIB = 1 << 20;

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

    private static byte[] peek(PramClient client, String name) {
        return client.peek(name, GrowIT::all);
    }

    /** Saves and reads one node again and again. */
    private static CompletableFuture<Integer> busy(PramClient client, AtomicBoolean stop) {
        return CompletableFuture.supplyAsync(
                () -> {
                    int rounds = 0;
                    while (!stop.get()) {
                        byte[] contents = bytes(rounds, MIB);
                        client.save("busy", contents);
                        assertThat(client.<byte[], RuntimeException>load("busy", GrowIT::all))
                                .isEqualTo(contents);
                        rounds++;
                    }
                    return rounds;
                });
    }

    private static byte[] all(LoadStream stream) {
        return stream.readAllBytes();
    }

    @Test
    void growsWhileItIsServedAndKeepsItsSizeOverAKill() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--size", "8M")) {
            Commands there = commands.with("PRAM_SERVER", daemon.uri());
            try (PramClient client = PramClient.connect(daemon.uri())) {
                AtomicBoolean stop = new AtomicBoolean();
                CompletableFuture<Integer> busy = busy(client, stop);
                Ended offline = commands.pramd("grow", memory.toString(), "--size", "16M");
                assertThat(offline.exitCode()).isEqualTo(12);
                assertThat(offline.stderr())
                        .contains("pid=" + daemon.pid())
                        .contains("pram grow 16777216");

                Ended grown = there.pram("grow", "16M");

                assertThat(grown.exitCode()).as(grown.stderr()).isZero();
                assertThat(grown.stdout()).isEqualTo("size 16.0 MiB\n");
                assertThat(client.grow(40 * MIB)).isEqualTo(40 * MIB);
                client.save("large", bytes(7, 30 * MIB));
                stop.set(true);
                assertThat(busy.join()).isPositive();
                assertThat(there.pram("info").stdout())
                        .contains("memory.bytes: 41943040")
                        .contains("frames.total: 10240");
                assertThat(there.pram("grow", "8M").exitCode()).isEqualTo(15);
            }
            assertThat(commands.pramd("fsck", memory.toString()).exitCode()).isZero();
            daemon.kill();
        }
        assertThat(memory).hasSize(40 * MIB);
        Ended grown = commands.pramd("grow", memory.toString(), "--size", "48M");
        assertThat(grown.exitCode()).as(grown.stderr()).isZero();
        assertThat(commands.pramd("fsck", memory.toString()).exitCode()).isZero();
        try (DaemonProcess daemon = DaemonProcess.start(memory);
                PramClient client = PramClient.connect(daemon.uri())) {
            assertThat(peek(client, "large")).isEqualTo(bytes(7, 30 * MIB));
            client.save("more", bytes(8, 12 * MIB));
            assertThat(peek(client, "more")).isEqualTo(bytes(8, 12 * MIB));
            assertThat(daemon.stop()).isZero();
        }
    }

    /** A command that may write files of 12 MiB at most: a full device that needs no root. */
    private Path limited(Path command) throws Exception {
        Path script = folder.resolve("limited-" + command.getFileName());
        Files.writeString(script, "#!/bin/bash\nulimit -f 12288\nexec " + command + " \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }

    @Test
    void staysAsItIsAndGoesOnWhereThereIsNoRoom() throws Exception {
        Path pramd = limited(DaemonProcess.launcher());
        PramdProcess.Builder builder =
                PramdProcess.builder().command(pramd.toString()).memory(memory).sizeBytes(8 * MIB);
        try (PramdProcess daemon = builder.start();
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("a", bytes(1, 4 * MIB));
            Ended refused = commands.with("PRAM_SERVER", daemon.uri()).pram("grow", "64M");
            assertThat(refused.exitCode()).isEqualTo(17);
            assertThat(refused.stderr()).contains("ENOMEM").contains("wanted=67108864");
            assertThat(memory).hasSize(8 * MIB);
            client.save("b", bytes(2, 3 * MIB));
            assertThat(errnoOf(() -> client.save("c", bytes(3, 3 * MIB)))).isEqualTo(Errno.ENOMEM);

            assertThat(client.grow(12 * MIB)).isEqualTo(12 * MIB);

            client.save("c", bytes(3, 3 * MIB));
            assertThat(peek(client, "a")).isEqualTo(bytes(1, 4 * MIB));
            assertThat(peek(client, "c")).isEqualTo(bytes(3, 3 * MIB));
            assertThat(daemon.stop()).isZero();
        }
        Ended offline =
                commands.run(List.of(pramd.toString(), "grow", memory.toString(), "--size", "64M"));
        assertThat(offline.exitCode()).isEqualTo(17);
        assertThat(offline.stderr()).startsWith("pramd: ENOMEM: ").hasLineCount(1);
        assertThat(memory).hasSize(12 * MIB);
        assertThat(commands.pramd("fsck", memory.toString()).exitCode()).isZero();
    }

    private static Errno errnoOf(Runnable call) {
        try {
            call.run();
        } catch (RejectedException e) {
            return e.errno();
        }
        throw new AssertionError("was not refused");
    }
}
