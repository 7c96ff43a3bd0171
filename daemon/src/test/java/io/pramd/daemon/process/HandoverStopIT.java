package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.cli.StoppedHandover;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.supervise.HandoverPoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon is told to stop in the moment in which its successor has all sockets. */
@Timeout(120)
class HandoverStopIT {
    @TempDir(factory = OnDevice.class)
    Path folder;

    private Path memory;
    private Path handover;
    private String uri;

    @BeforeEach
    void prepare() {
        memory = folder.resolve("m");
        handover = folder.resolve("h");
        uri = "pram+unix://" + folder.resolve("s");
    }

    @Test
    void itsSuccessorServesWhereItIsReachedWhenItHasEndedMeanwhile() throws Exception {
        try (DaemonProcess old = startOld();
                CommandProcess successor = startSuccessor()) {
            old.terminate();
            assertThat(old.awaitExit()).as(old.log()).isZero();
            goOn();
            requireServes(successor);
        }
    }

    @Test
    void itsSuccessorWaitsForItsEnd() throws Exception {
        try (DaemonProcess old = startOld("--drain", "60s");
                PramClient client = PramClient.connect(uri);
                SaveStream save = client.openSave("long", SaveOptions.defaults())) {
            save.write(new byte[10]);
            try (CommandProcess successor = startSuccessor()) {
                old.terminate();
                Await.until("it drains", () -> old.log().contains("stopping: running streams"));
                goOn();
                Await.until("it waits", () -> successor.stderr().contains("to end: file="));
                save.finish();
                assertThat(old.awaitExit()).as(old.log()).isZero();
                requireServes(successor);
            }
        }
    }

    private DaemonProcess startOld(String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("--handover", handover.toString()));
        words.addAll(List.of("--listen", uri));
        words.addAll(List.of(options));
        DaemonProcess old =
                DaemonProcess.startMain(
                        StoppedHandover.class, memory, words.toArray(String[]::new));
        Files.writeString(folder.resolve(StoppedHandover.STOP_AT), HandoverPoint.RECEIVED.name());
        return old;
    }

    /** Returns when it has all sockets, and has not said so. */
    private CommandProcess startSuccessor() {
        List<String> words = new ArrayList<>(DaemonProcess.mainCommand(StoppedHandover.class));
        words.addAll(List.of("serve", "--memory", memory.toString(), "--listen", uri));
        words.addAll(List.of("--handover", handover.toString()));
        CommandProcess successor = Commands.in(folder).start(words);
        Await.until(
                "it has the sockets", () -> Files.exists(folder.resolve(StoppedHandover.REACHED)));
        return successor;
    }

    private void goOn() throws Exception {
        Files.createFile(folder.resolve(StoppedHandover.GO_ON));
    }

    private void requireServes(CommandProcess successor) {
        Await.until("READY", () -> successor.stdout().startsWith("READY ") || !successor.isAlive());
        assertThat(successor.stdout()).as(successor.stderr()).startsWith("READY ");
        try (PramClient client = PramClient.connect(uri)) {
            client.save("probe", new byte[] {1});
        }
        assertThat(handover).exists();
    }
}
