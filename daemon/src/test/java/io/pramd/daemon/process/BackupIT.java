package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.BackupReport;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.FaultyWire;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.RunLength;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.MessageType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backups of real daemons that go on meanwhile, by the real command. */
@Timeout(180)
class BackupIT {
    private static final int SAVERS = 8;
    private static final int BACKUPS = RunLength.of(1, 5);
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

    /** Begins with the round, and every other byte follows from it. */
    private static byte[] contents(int round, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        bytes.putInt(round);
        while (bytes.hasRemaining()) {
            bytes.put((byte) (round + bytes.position()));
        }
        return bytes.array();
    }

    /** The round of a node, whose bytes must all be of it; -1: there is none. */
    private static int round(PramClient client, String name) {
        return client.findPeek(name, LoadStream::readAllBytes)
                .map(
                        bytes -> {
                            int round = ByteBuffer.wrap(bytes).getInt();
                            assertThat(bytes).isEqualTo(contents(round, bytes.length));
                            return round;
                        })
                .orElse(-1);
    }

    /** One owner: saves first, then second, then adds and removes, round by round. */
    private record Saver(String uri, int number, AtomicInteger done) {
        String name(String what) {
            return number + "/" + what;
        }

        void run(AtomicBoolean stop) {
            SaveOptions replacing = SaveOptions.defaults().withReplace(true);
            try (PramClient client = PramClient.connect(uri)) {
                for (int round = 0; !stop.get(); round++) {
                    client.save(name("first"), replacing, contents(round, 30_000 + 997 * number));
                    client.save(name("second"), replacing, contents(round, 5_000));
                    client.save(name("of" + round), contents(round, 200_000));
                    if (round > 0) {
                        client.remove(name("of" + (round - 1)));
                    }
                    done.set(round);
                }
            }
        }

        /** What the file must hold that was backed up behind one round and before another. */
        void requireOneRoot(PramClient client, int roundBefore, int roundBehind) {
            int first = round(client, name("first"));
            int second = round(client, name("second"));
            assertThat(first - second).as("%s: first=%d", name(""), first).isBetween(0, 1);
            assertThat(second).isBetween(roundBefore, roundBehind + 1);
            int added = round(client, name("of" + second));
            int before = round(client, name("of" + (second - 1)));
            if (first > second) {
                assertThat(added).isEqualTo(second);
                assertThat(before).isEqualTo(-1);
            } else { // the third step of the round, and the fourth, may have been done or not
                assertThat(added).isIn(-1, second);
                assertThat(before).isIn(-1, second - 1);
                assertThat(second == 0 || added >= 0 || before >= 0).isTrue();
            }
        }
    }

    /** What had been done when one backup began, and when it had ended. */
    private record Bounds(Path copy, List<Integer> before, List<Integer> behind) {}

    private static List<Integer> done(List<Saver> savers) {
        return savers.stream().map(saver -> saver.done().get()).toList();
    }

    @Test
    void holdsOneRootUnderEightSavers() {
        List<Bounds> backups = new ArrayList<>();
        List<Saver> savers = new ArrayList<>();
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--size", "64M")) {
            Commands there = commands.with("PRAM_SERVER", daemon.uri());
            AtomicBoolean stop = new AtomicBoolean();
            List<CompletableFuture<Void>> running = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(SAVERS)) {
                for (int i = 0; i < SAVERS; i++) {
                    Saver saver = new Saver(daemon.uri(), i, new AtomicInteger(-1));
                    savers.add(saver);
                    running.add(CompletableFuture.runAsync(() -> saver.run(stop), threads));
                }
                try {
                    Await.until(
                            "two rounds of each",
                            () -> done(savers).stream().allMatch(round -> round > 1));
                    for (int i = 0; i < BACKUPS; i++) {
                        backups.add(backUp(there, folder.resolve("backup" + i), savers));
                    }
                } finally {
                    stop.set(true);
                }
                running.forEach(CompletableFuture::join);
            }
            assertThat(there.pram("info", "--check").exitCode()).isZero();
            assertThat(daemon.stop()).isZero();
        }
        backups.forEach(backup -> requireOneRoot(backup, savers));
    }

    private static Bounds backUp(Commands there, Path copy, List<Saver> savers) {
        List<Integer> before = done(savers);
        Ended ended = there.pram("backup", copy.toString());
        assertThat(ended.exitCode()).as(ended.stderr()).isZero();
        assertThat(ended.stdout()).startsWith("backup " + copy + ": nodes=");
        return new Bounds(copy, before, done(savers));
    }

    private void requireOneRoot(Bounds backup, List<Saver> savers) {
        Ended checked = commands.pramd("fsck", backup.copy().toString());
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
        try (DaemonProcess daemon = DaemonProcess.start(backup.copy());
                PramClient client = PramClient.connect(daemon.uri())) {
            for (int i = 0; i < SAVERS; i++) {
                savers.get(i)
                        .requireOneRoot(client, backup.before().get(i), backup.behind().get(i));
            }
            client.save("new", contents(1, MIB));
            assertThat(daemon.stop()).isZero();
        }
    }

    private List<String> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Backs up and calls in the middle of it. */
    private static BackupReport backUp(PramClient client, Path copy, Runnable inTheMiddle)
            throws IOException {
        AtomicBoolean called = new AtomicBoolean();
        return client.backup(
                copy,
                (bytes, bytesMax) -> {
                    if (bytes > MIB && called.compareAndSet(false, true)) {
                        inTheMiddle.run();
                    }
                });
    }

    private static boolean isUnderWay(PramClient client) {
        return client.info().get("backup.underWay").equals(InfoValue.of(true));
    }

    @Test
    void leavesNothingBehindWhenEitherSideGoes() throws IOException {
        Path copy = folder.resolve("copy");
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--size", "64M");
                PramClient watcher = PramClient.connect(daemon.uri())) {
            watcher.save("large", contents(1, 20 * MIB));
            List<String> before = files();
            try (PramClient client = PramClient.connect(daemon.uri())) {
                assertThatThrownBy(() -> backUp(client, copy, client::close))
                        .isInstanceOf(PramException.class);
            }
            assertThat(files()).isEqualTo(before);
            Await.until("the daemon lets go", () -> !isUnderWay(watcher));

            try (PramClient client = PramClient.connect(daemon.uri())) {
                assertThatThrownBy(() -> backUp(client, copy, daemon::kill))
                        .isInstanceOf(PramException.class);
            }
        }
        assertThat(files()).doesNotContain("copy").noneMatch(name -> name.endsWith(".tmp"));
    }

    @Test
    void leavesNothingBehindWhenASignalEndsIt() throws InterruptedException {
        CountDownLatch isUnderWay = new CountDownLatch(1);
        CountDownLatch isOver = new CountDownLatch(1);
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--size", "4M");
                FaultyWire wire = new FaultyWire(daemon.uri())) {
            wire.garble((direction, type, bytes) -> hold(type, isUnderWay, isOver));
            Commands there = commands.with("PRAM_SERVER", wire.uri());
            try (CommandProcess backup = there.startPram("backup", "copy")) {
                assertThat(isUnderWay.await(60, TimeUnit.SECONDS)).isTrue();
                assertThat(files()).anyMatch(name -> name.endsWith(".tmp"));
                ProcessHandle.of(backup.pid()).orElseThrow().destroy();
                assertThat(backup.end().exitCode()).isEqualTo(128 + 15);
            } finally {
                isOver.countDown();
            }
        }
        assertThat(files()).doesNotContain("copy").noneMatch(name -> name.endsWith(".tmp"));
    }

    private static FaultyWire.Flip hold(
            MessageType type, CountDownLatch isThere, CountDownLatch until) {
        if (type == MessageType.FRAMES_ARE) {
            isThere.countDown();
            try {
                until.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return null;
    }

    @Test
    void neverTakesTheNameOfAnotherFile() throws IOException {
        Path copy = folder.resolve("copy");
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--size", "64M");
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("large", contents(1, 20 * MIB));
            Ended refused =
                    commands.with("PRAM_SERVER", daemon.uri()).pram("backup", memory.toString());
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.stderr()).contains("it exists").hasLineCount(1);

            assertThatThrownBy(() -> backUp(client, copy, () -> write(copy)))
                    .isInstanceOf(FileAlreadyExistsException.class);
            assertThat(copy).hasContent("mine");
            assertThat(files()).noneMatch(name -> name.endsWith(".tmp"));
        }
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, "mine");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
