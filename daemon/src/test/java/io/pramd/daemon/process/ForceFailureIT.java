package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.OutcomeUnknownException;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.RejectedException;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.cli.FailingDeviceDaemon;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.protocol.Durability;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A device that fails under a real daemon: everybody is told, and the next start believes only what
 * was forced before.
 */
class ForceFailureIT {
    private static final int EIO = 18;
    private static final int MIB = 1 << 20;
    private static final SaveOptions POWER =
            SaveOptions.defaults().withDurability(Durability.POWER);

    /**
     * Beside the build, so that there is a device: the folder for temporary files may have none.
     */
    @TempDir(factory = OnDevice.class)
    Path folder;

    private Path memory;
    private Path broken;

    @BeforeEach
    void prepare() {
        memory = folder.resolve("m");
        broken = folder.resolve(FailingDeviceDaemon.BROKEN);
    }

    private DaemonProcess startOnFailingDevice() {
        return DaemonProcess.startMain(
                FailingDeviceDaemon.class,
                memory,
                "--size",
                "16M",
                "--drain",
                "100ms",
                "--durability",
                "process");
    }

    @Test
    void goesOnReadOnlyWhenAForceFails() throws Exception {
        saveAndStop("forced", 8 * MIB);
        try (DaemonProcess daemon = startOnFailingDevice();
                PramClient client = connect(daemon)) {
            awaitRecovery(client);
            save(client, "afterwards", MIB);
            SaveStream idleSave = client.openSave("idle", SaveOptions.defaults());
            idleSave.write(new byte[10]);
            LoadStream load = client.openLoad("afterwards", LoadOptions.defaults());
            Files.createFile(broken);

            assertThatThrownBy(() -> client.save("power", POWER, new byte[MIB]))
                    .isInstanceOf(OutcomeUnknownException.class)
                    .hasMessageContaining("EIO")
                    .hasMessageContaining("the device is broken");

            assertThat(folder.resolve("m.force-failed")).content().contains("device is broken");
            assertReadOnly(idleSave::finish);
            assertReadOnly(load::finish);
            assertReadOnly(() -> client.remove("forced"));
            assertReadOnly(() -> save(client, "another", 10));
            assertThat(client.info().get("store.readOnly")).isEqualTo(InfoValue.of(true));
            assertThat(client.info().get("store.readOnlyReason").toString())
                    .contains("the device is broken");
            load.abort();
            idleSave.discard();
            for (int i = 0; i < 2; i++) {
                LoadStream again = client.openLoad("afterwards", LoadOptions.defaults());
                assertThat(again.readAllBytes()).hasSize(MIB);
                assertReadOnly(again::finish);
                again.abort();
            }
            daemon.awaitLog("the store is read-only");
            assertThat(daemon.log()).contains("the device is broken");

            assertThat(daemon.stop()).isEqualTo(EIO);
            assertThat(daemon.log()).contains("stopped without forcing a root");
        }

        assertOnlyForcedRootIsTaken();
    }

    @Test
    void endsACleanStopWithEioWhenTheLastForceFails() throws Exception {
        saveAndStop("forced", 8 * MIB);
        try (DaemonProcess daemon = startOnFailingDevice();
                PramClient client = connect(daemon)) {
            save(client, "afterwards", MIB);
            client.remove("forced");
            Files.createFile(broken);

            assertThat(daemon.stop()).isEqualTo(EIO);

            assertThat(daemon.log()).contains("stopped without forcing a root");
        }
        assertThat(folder.resolve("m.force-failed")).exists();

        assertOnlyForcedRootIsTaken();
    }

    private void assertOnlyForcedRootIsTaken() throws IOException {
        try (DaemonProcess daemon = DaemonProcess.start(memory);
                PramClient client = connect(daemon)) {
            awaitRecovery(client);
            assertThat(client.list(""))
                    .extracting(NodeRecord::name, NodeRecord::length)
                    .containsExactly(tuple("forced", 8L * MIB));
            InfoValue report = client.info().get("recovery.report");
            assertThat(report.toString())
                    .contains(
                            "a force failed before: only the last forced root is believed",
                            "a new root was forced after the failed force");
            daemon.awaitLog("a force failed before");
            assertThat(folder.resolve("m.force-failed")).doesNotExist();
            save(client, "again", MIB);
            daemon.kill();
        }
        Ended checked = Commands.in(folder).pramd("fsck", memory.toString());
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
        try (DaemonProcess daemon = DaemonProcess.start(memory);
                PramClient client = connect(daemon)) {
            assertThat(client.list(""))
                    .extracting(NodeRecord::name)
                    .containsExactly("forced", "again");
            assertThat(daemon.stop()).isZero(); // then all of the log is written
            assertThat(daemon.log().lines().filter(line -> line.contains("a force failed before")))
                    .hasSize(1);
        }
    }

    private static void assertReadOnly(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("EROFS")
                .hasMessageContaining("the device is broken");
    }

    private void saveAndStop(String name, int length) throws IOException {
        try (DaemonProcess daemon = startOnFailingDevice();
                PramClient client = connect(daemon)) {
            save(client, name, length);
            assertThat(daemon.stop()).isZero();
        }
    }

    private static PramClient connect(DaemonProcess daemon) {
        return PramClient.connect(
                daemon.uri(),
                PramConfig.defaults()
                        .withNoProgress(Duration.ofSeconds(3))
                        .withRetryFor(Duration.ZERO));
    }

    private static void awaitRecovery(PramClient client) {
        Await.until(
                "recovery is complete",
                () -> client.info().get("recovery.complete").equals(InfoValue.of(true)));
    }

    private static void save(PramClient client, String name, int length) throws IOException {
        SaveStream save = client.openSave(name, SaveOptions.defaults());
        try {
            save.write(new byte[length]);
            save.finish();
        } finally {
            save.discard();
        }
    }
}
