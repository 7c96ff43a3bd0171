package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon takes over from another one: its sockets, and then the memory file. */
@Timeout(120)
class HandoverIT {
    private static final byte[] BYTES = "some bytes".getBytes();

    @TempDir Path folder;

    private Path memory;
    private Path socket;
    private Path handover;

    @BeforeEach
    void prepare() {
        memory = folder.resolve("m");
        socket = folder.resolve("s");
        handover = folder.resolve("h");
    }

    private DaemonProcess first(String... options) {
        List<String> words = new ArrayList<>(List.of("--handover", handover.toString()));
        words.addAll(List.of("--listen", "pram://127.0.0.1:0", "--listen", unixUri()));
        words.addAll(List.of(options));
        return DaemonProcess.start(memory, words.toArray(String[]::new));
    }

    private DaemonProcess next(DaemonProcess before, String... options) {
        List<String> words = new ArrayList<>(List.of("--handover", handover.toString()));
        before.uris().forEach(uri -> words.addAll(List.of("--listen", uri)));
        words.addAll(List.of(options));
        return DaemonProcess.start(memory, words.toArray(String[]::new));
    }

    private static void requireTookOver(DaemonProcess daemon, DaemonProcess before) {
        daemon.awaitLog("took over: predecessor pid=" + before.pid() + " ");
    }

    /** A successor that may have to wait. */
    private CommandProcess startNext(String uri) {
        return Commands.in(folder)
                .start(
                        List.of(
                                DaemonProcess.launcher().toString(),
                                "serve",
                                "--memory",
                                memory.toString(),
                                "--handover",
                                handover.toString(),
                                "--listen",
                                uri));
    }

    private String unixUri() {
        return "pram+unix://" + socket;
    }

    /** A successor that is to be refused. */
    private Ended refused(Path file, String... options) {
        List<String> words = new ArrayList<>(List.of("serve", "--memory", file.toString()));
        words.addAll(List.of("--handover", handover.toString()));
        words.addAll(List.of(options));
        return Commands.in(folder).pramd(words.toArray(String[]::new));
    }

    private static void save(String uri, String name) {
        try (PramClient client = PramClient.connect(uri)) {
            client.save(name, BYTES);
        }
    }

    private static void requireHas(String uri, String name) {
        try (PramClient client = PramClient.connect(uri);
                LoadStream load = client.openPeek(name, LoadOptions.defaults())) {
            assertThat(load.readAllBytes()).isEqualTo(BYTES);
            load.abort();
        }
    }

    @Test
    void saysOfAMistypedMemoryFileThatThereIsNone() {
        try (DaemonProcess daemon = first()) {
            Ended refused = refused(folder.resolve("other"), "--size", "4M");

            assertThat(refused.exitCode()).as(refused.stderr()).isEqualTo(10);
            assertThat(refused.stderr())
                    .contains("ENOENT: no such memory file", "file=" + folder.resolve("other"));
            assertThat(daemon.stop()).isZero();
        }
    }

    @Test
    void goesOnOnTheSameSocketsOverSeveralSuccessors() throws Exception {
        DaemonProcess daemon = first();
        List<String> uris = daemon.uris();
        Object socketFile = Files.getAttribute(socket, "unix:ino");
        save(uris.getFirst(), "0");
        for (int i = 1; i <= 3; i++) {
            DaemonProcess before = daemon;
            daemon = next(before);

            assertThat(before.awaitExit()).as(before.log()).isZero();
            assertThat(daemon.uris()).isEqualTo(uris);
            requireTookOver(daemon, before);
            requireHas(uris.get(0), String.valueOf(i - 1));
            requireHas(uris.get(1), String.valueOf(i - 1));
            save(uris.get(i % 2), String.valueOf(i));
        }
        assertThat(Files.getAttribute(socket, "unix:ino")).isEqualTo(socketFile);
        assertThat(daemon.log()).doesNotContain("WARN");
        assertThat(Files.getPosixFilePermissions(handover))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(daemon.stop()).isZero();
        assertThat(socket).doesNotExist();
        assertThat(handover).doesNotExist();
        daemon.close();
    }

    @Test
    void letsRunningStreamsOfThePredecessorFinishWhileNewConnectionsWait() throws Exception {
        try (DaemonProcess old = first("--drain", "60s");
                PramClient client = PramClient.connect(old.uri())) {
            SaveStream save = client.openSave("long", SaveOptions.defaults());
            save.write(BYTES);
            try (CommandProcess successor = startNext(old.uri())) {
                Await.until("it drains", () -> old.log().contains("stopping: running streams"));
                Commands.in(folder).shell("kill -HUP " + successor.pid()); // and it lives on
                try (SocketChannel waiting = connect(old.uri())) {
                    assertThat(successor.stdout()).isEmpty();
                    save.finish();

                    assertThat(old.awaitExit()).isZero();
                    Await.until("READY", () -> successor.stdout().startsWith("READY "));
                    assertThat(waiting.isConnected()).isTrue();
                    requireHas(old.uri(), "long");
                    Await.until(
                            "it is read again",
                            () -> successor.stderr().contains("the configuration is read again"));
                }
                assertThat(socket).as("nobody listens there any more").doesNotExist();
            }
        }
    }

    private static SocketChannel connect(String uri) throws Exception {
        String[] words = uri.substring("pram://".length()).split(":");
        return SocketChannel.open(new InetSocketAddress(words[0], Integer.parseInt(words[1])));
    }

    @Test
    void cutsStreamsAtOnceWithoutADrain() throws Exception {
        try (DaemonProcess old = first("--drain", "0s");
                PramClient client = PramClient.connect(old.uri());
                SaveStream save = client.openSave("cut", SaveOptions.defaults())) {
            save.write(BYTES);
            save(old.uri(), "kept");
            try (DaemonProcess successor = next(old)) {
                assertThat(old.awaitExit()).isZero();
                requireHas(successor.uri(), "kept");
            }
        }
    }

    @Test
    void whoCannotServeLeavesThePredecessorServing() throws Exception {
        Path other = Files.write(folder.resolve("other"), new byte[4 << 20]);
        try (DaemonProcess old = first();
                ServerSocket taken = new ServerSocket(0)) {
            save(old.uri(), "kept");
            String busy = "pram://127.0.0.1:" + taken.getLocalPort();

            assertThat(refused(other).stderr()).contains("another memory file");
            assertThat(refused(memory, "--listen", busy).exitCode()).isEqualTo(12);
            assertThat(refused(memory, "--admin", busy.substring("pram://".length())).exitCode())
                    .isEqualTo(12);
            assertThat(refused(memory, "--access", folder.resolve("none").toString()).exitCode())
                    .isNotZero();

            requireHas(old.uri(), "kept");
            old.awaitLog("this daemon goes on");
            assertThat(old.stop()).isZero();
        }
    }

    /** One that gets the sockets, and ends before it says so. */
    @Test
    void whoGoesAwayLeavesThePredecessorServing() throws Exception {
        try (DaemonProcess old = first()) {
            save(old.uri(), "kept");
            UnixDomainSocketAddress door = UnixDomainSocketAddress.of(handover);
            try (SocketChannel successor = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                successor.connect(door);
            }
            old.awaitLog("this daemon goes on");
            assertThat(old.log())
                    .contains("goes on: the other process has closed the connection")
                    .doesNotContain("UnixStream");

            try (DaemonProcess successor = next(old)) {
                assertThat(old.awaitExit()).isZero();
                requireHas(successor.uri(), "kept");
            }
        }
    }

    /** One that is stopped, say, in the middle of what it has to say. */
    @Test
    @Tag("full") // the time that it has
    void whoHangsLeavesThePredecessorServing() throws Exception {
        try (DaemonProcess old = first();
                SocketChannel successor = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            successor.connect(UnixDomainSocketAddress.of(handover));
            String request = "pramd-handover 1 " + memory.toRealPath().toUri().getRawPath();
            successor.write(ByteBuffer.wrap((request + "\n").getBytes()));
            Await.until("it is offered", () -> old.log().contains("asks for the sockets"));
            save(old.uri(), "kept");

            Await.until("it is given up", () -> old.log().contains("does not answer"));

            save(old.uri(), "also kept");
            try (DaemonProcess next = next(old)) {
                assertThat(old.awaitExit()).isZero();
                requireHas(next.uri(), "also kept");
            }
        }
    }

    @Test
    void aSignalInTheMiddleChangesNothing() throws Exception {
        try (DaemonProcess old = first("--drain", "60s");
                PramClient client = PramClient.connect(old.uri())) {
            SaveStream save = client.openSave("long", SaveOptions.defaults());
            save.write(BYTES);
            try (CommandProcess successor = startNext(old.uri())) {
                Await.until("it drains", () -> old.log().contains("stopping: running streams"));
                old.terminate();
                save.finish();

                assertThat(old.awaitExit()).as(old.log()).isZero();
                Await.until("READY", () -> successor.stdout().startsWith("READY "));
                requireHas(old.uri(), "long");
            }
        }
    }

    @Test
    void administratorsAreListenedForAgainAtTheSamePort() {
        try (DaemonProcess old = first("--admin", "127.0.0.1:0")) {
            String admin = old.admin();
            String address = admin.substring("http://".length(), admin.length() - 1);
            try (DaemonProcess next = next(old, "--admin", address)) {
                assertThat(old.awaitExit()).isZero();
                assertThat(next.admin()).isEqualTo(admin);
            }
        }
    }

    @Test
    void whoComesSecondTakesOverFromTheFirst() {
        try (DaemonProcess old = first()) {
            save(old.uri(), "kept");
            try (CommandProcess one = startNext(old.uri());
                    CommandProcess two = startNext(old.uri())) {
                assertThat(old.awaitExit()).as(old.log()).isZero();
                Await.until("one is left", () -> one.isAlive() != two.isAlive());
                CommandProcess left = one.isAlive() ? one : two;
                Await.until("READY", () -> left.stdout().startsWith("READY "));

                requireHas(old.uri(), "kept");
                assertThat(one.isAlive() ? two.end().exitCode() : one.end().exitCode())
                        .as(one.stderr() + two.stderr())
                        .isZero();
            }
        }
    }

    @Test
    void opensWhatAKilledPredecessorLeavesInTheMiddleOfItsDrain() throws Exception {
        try (DaemonProcess old = first("--drain", "60s");
                PramClient client = PramClient.connect(old.uri());
                SaveStream save = client.openSave("cut", SaveOptions.defaults())) {
            save.write(BYTES);
            save(old.uri(), "kept");
            try (CommandProcess successor = startNext(old.uri())) {
                Await.until("it drains", () -> old.log().contains("stopping: running streams"));

                old.kill();

                Await.until("READY", () -> successor.stdout().startsWith("READY "));
                requireHas(old.uri(), "kept");
                Await.until(
                        "it says why", // by a thread of its own
                        () -> successor.stderr().contains("ended before it said so"));
            }
        }
    }

    @Test
    void waitsForAPredecessorThatIsStoppingAlready() throws Exception {
        try (DaemonProcess old = first("--drain", "60s");
                PramClient client = PramClient.connect(old.uri())) {
            SaveStream save = client.openSave("long", SaveOptions.defaults());
            save.write(BYTES);
            old.terminate();
            Await.until("it drains", () -> old.log().contains("stopping: running streams"));
            try (CommandProcess successor = startNext(old.uri())) {
                Await.until(
                        "it waits",
                        () ->
                                successor
                                        .stderr()
                                        .contains(
                                                "waiting for the daemon that has the memory file"
                                                        + " to end: file="
                                                        + memory
                                                        + " pid="
                                                        + old.pid()));
                save.finish();

                assertThat(old.awaitExit()).as(old.log()).isZero();
                Await.until("READY", () -> successor.stdout().startsWith("READY "));
                requireHas(old.uri(), "long");
                assertThat(handover).exists();
            }
        }
    }

    @Test
    void isRefusedBesideADaemonThatDoesNotHandOver() {
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--listen", unixUri())) {
            Ended refused = refused(memory);

            assertThat(refused.exitCode()).as(refused.stderr()).isEqualTo(12);
            assertThat(refused.stderr())
                    .contains("EBUSY: memory file is in use", "pid=" + daemon.pid())
                    .contains(" seconds=1\n");
            assertThat(handover).doesNotExist();
            assertThat(daemon.stop()).isZero();
        }
    }
}
