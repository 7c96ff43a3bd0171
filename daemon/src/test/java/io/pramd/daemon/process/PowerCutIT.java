package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.RootSlotLayout.Slot;
import io.pramd.protocol.Durability;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another boot of the kernel, as far as one process can make another believe in it: the current
 * slots are given the boot id of some other kernel, as a power cut would leave them.
 */
class PowerCutIT {
    private static final int MIB = 1 << 20;

    @TempDir(factory = OnDevice.class)
    Path folder;

    private Path memory() {
        return folder.resolve("m");
    }

    private void forgeBootId() throws IOException {
        try (CraftedFile file = new CraftedFile(memory())) {
            for (long pfn : FileLayout.CURRENT_SLOT_PFNS) {
                ByteBuffer page = file.read(pfn);
                Slot slot = RootSlotLayout.read(page);
                Slot forged =
                        new Slot(
                                slot.durability(),
                                slot.sequence(),
                                new BootId(47, 11),
                                slot.rootPfn1(),
                                slot.rootPfn2(),
                                slot.rootCsum(),
                                slot.rootLevel(),
                                slot.nodeCount());
                RootSlotLayout.write(page, RootSlotLayout.KIND_CURRENT, forged);
                file.fixed(pfn, page);
            }
        }
    }

    private static PramClient connect(DaemonProcess daemon) {
        PramClient client =
                PramClient.connect(daemon.uri(), PramConfig.defaults().withRetryFor(Duration.ZERO));
        Await.until(
                "recovery is complete",
                () -> client.info().get("recovery.complete").equals(InfoValue.of(true)));
        return client;
    }

    private static SaveOptions at(Durability level) {
        return SaveOptions.defaults().withDurability(level);
    }

    private static List<String> names(PramClient client) {
        return client.list("").stream().map(NodeRecord::name).toList();
    }

    @Test
    void losesNothingThatWasSavedInPowerAndTakesNothingBackLater() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(memory(), "--durability", "process");
                PramClient client = connect(daemon)) {
            client.save("process", at(Durability.PROCESS), new byte[MIB]);
            client.save("power", at(Durability.POWER), new byte[MIB]);
            Ended saved =
                    Commands.in(folder)
                            .with("PRAM_SERVER", daemon.uri())
                            .pram("save", "command", "/dev/null", "--durability", "power");
            assertThat(saved.exitCode()).as(saved.stderr()).isZero();
            client.save("lost", new byte[MIB]);
            daemon.kill();
        }
        forgeBootId();
        try (DaemonProcess daemon = DaemonProcess.start(memory());
                PramClient client = connect(daemon)) {
            assertThat(names(client)).containsExactly("process", "power", "command");
            daemon.awaitLog("the machine has booted since the last commit");
            daemon.kill();
        }
        try (DaemonProcess daemon = DaemonProcess.start(memory());
                PramClient client = connect(daemon)) {
            assertThat(names(client)).containsExactly("process", "power", "command");
        }
    }

    @Test
    void keepsEveryAnswerOfADaemonInPower() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(memory(), "--durability", "power");
                PramClient client = connect(daemon)) {
            client.save("a", new byte[MIB]);
            client.save("b", new byte[MIB]);
            client.remove("a");
            client.save("c", new byte[MIB]);
            assertThat(client.info().get("durability.default")).isEqualTo(InfoValue.of("power"));
            daemon.kill();
        }
        forgeBootId();
        try (DaemonProcess daemon = DaemonProcess.start(memory());
                PramClient client = connect(daemon)) {
            assertThat(names(client)).containsExactly("b", "c");
            assertThat(client.info().get("durability.default")).isEqualTo(InfoValue.of("interval"));
        }
    }

    @Test
    void forcesByItselfInInterval() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(memory());
                PramClient client = connect(daemon)) {
            client.save("a", new byte[MIB]);
            Await.until(
                    "a root is forced",
                    () -> !client.info().get("force.count").equals(InfoValue.of(0)));
            daemon.kill();
        }
        forgeBootId();
        try (DaemonProcess daemon = DaemonProcess.start(memory());
                PramClient client = connect(daemon)) {
            assertThat(names(client)).containsExactly("a");
        }
    }
}
