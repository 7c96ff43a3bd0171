package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.NotifySocket;
import io.pramd.daemon.fixture.SocketActivation;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that a supervisor has started: with open sockets, and with somebody who listens. */
@Timeout(120)
class SupervisedIT {
    private static final PramConfig PATIENT =
            PramConfig.defaults().withConnectWait(Duration.ofSeconds(60));

    @TempDir Path folder;

    private CommandProcess activated(List<String> addresses, String... options) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                DaemonProcess.launcher().toString(),
                                "serve",
                                "--memory",
                                folder.resolve("m").toString(),
                                "--size",
                                "16M"));
        command.addAll(List.of(options));
        return Commands.in(folder)
                .start(SocketActivation.before(command, addresses.toArray(String[]::new)));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void ping(String uri) {
        try (PramClient client = PramClient.connect(uri, PATIENT)) {
            client.ping();
        }
    }

    private static void stop(CommandProcess daemon) {
        ProcessHandle.of(daemon.pid()).orElseThrow().destroy();
        assertThat(daemon.end().exitCode()).as(daemon.stderr()).isZero();
    }

    @Test
    void servesWhatItIsPassedAndLeavesItsFiles() throws Exception {
        SocketActivation.assumeIsHere();
        Path socket = folder.resolve("s");
        int port = freePort();
        String tcp = "pram://127.0.0.1:" + port;
        try (CommandProcess daemon =
                activated(List.of(socket.toString(), "127.0.0.1:" + port), "--listen", tcp)) {
            Await.until("the socket", () -> Files.exists(socket));

            ping("pram+unix://" + socket);
            ping(tcp);

            Await.until("READY", () -> daemon.stdout().endsWith("\n")); // it serves before
            assertThat(daemon.stdout()).isEqualTo("READY " + tcp + " pram+unix://" + socket + "\n");
            stop(daemon);
        }
        assertThat(socket).as("it is the supervisor's").exists();
    }

    @Test
    void handsOnWhatItWasPassed() throws Exception {
        SocketActivation.assumeIsHere();
        Path socket = folder.resolve("s");
        String handover = folder.resolve("h").toString();
        try (CommandProcess old = activated(List.of(socket.toString()), "--handover", handover)) {
            Await.until("the socket", () -> Files.exists(socket));
            ping("pram+unix://" + socket);
            try (CommandProcess next =
                    Commands.in(folder)
                            .start(
                                    List.of(
                                            DaemonProcess.launcher().toString(),
                                            "serve",
                                            "--memory",
                                            folder.resolve("m").toString(),
                                            "--handover",
                                            handover))) {
                assertThat(old.end().exitCode()).as(old.stderr()).isZero();
                ping("pram+unix://" + socket);
                Await.until("READY", () -> next.stdout().endsWith("\n"));
                assertThat(next.stdout()).isEqualTo("READY pram+unix://" + socket + "\n");
                stop(next);
            }
        }
        assertThat(socket).exists();
    }

    @Test
    void refusesASocketBeyondLoopbackThatAnybodyCouldUse() throws Exception {
        SocketActivation.assumeIsHere();
        int port = freePort();
        try (CommandProcess daemon = activated(List.of("0.0.0.0:" + port))) {
            Await.until("it listens", () -> daemon.stderr().contains("Listening on"));
            try (java.net.Socket first = new java.net.Socket("127.0.0.1", port)) {
                assertThat(daemon.end().exitCode()).isEqualTo(15);
                assertThat(first.isConnected()).isTrue();
            }
            assertThat(daemon.stderr()).contains("is beyond loopback");
        }
    }

    @Test
    void saysThatItServesLivesAndEnds() throws Exception {
        try (NotifySocket heard = new NotifySocket(folder.resolve("n"))) {
            Map<String, String> environment =
                    Map.of("NOTIFY_SOCKET", heard.name(), "WATCHDOG_USEC", "100000");
            try (DaemonProcess daemon = DaemonProcess.start(environment, folder.resolve("m"))) {
                heard.await("READY=1");
                heard.await("STATUS=serving " + daemon.uri());
                heard.awaitMore("WATCHDOG=1", 2);

                assertThat(daemon.stop()).isZero();

                heard.await("STOPPING=1");
            }
        }
    }
}
