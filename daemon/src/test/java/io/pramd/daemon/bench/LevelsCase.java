package io.pramd.daemon.bench;

import io.pramd.client.RejectedException;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;

/** Immutable. Saves by one daemon at each level of durability, as far as the file system has it. */
record LevelsCase(Work work, int rounds) implements BenchCase {
    /** By the raw client, since servers are compared. */
    static final String POWER = RawPower.NAME;

    @Override
    public long memoryMebibytes() {
        return (levels().size() + 1) * work.memoryMebibytes(); // one of them twice
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        List<String> notes = new ArrayList<>();
        List<Contender> contenders = new ArrayList<>();
        DaemonProcess daemon =
                stage.startDaemon(
                        "memory", memoryMebibytes(), SocketKind.TCP.daemonUri(stage.folder()));
        try (daemon) {
            for (Durability level : levels()) {
                addIfThere(level, daemon, contenders, notes);
            }
            addDevice(stage, contenders);
            Comparison comparison = new Comparison(work.unit(), work.amount());
            comparison.add("save, TCP", Verb.SAVE, contenders);
            return new Measured(
                    "levels of durability, " + work.title(), comparison.run(rounds), notes);
        } finally {
            Alternatives.closeAll(contenders);
        }
    }

    /** With as many at once as one force of the daemon has carried. */
    private void addDevice(Stage stage, List<Contender> contenders) throws IOException {
        IntSupplier group =
                contenders.getFirst() instanceof GroupMeter meter ? meter::size : () -> 1;
        contenders.add(WriteAndForce.open(stage.folder().resolve("forced"), work, group));
        boolean isPages = work.nodeBytes() == Work.PAGE_BYTES;
        if (isPages && stage.alternatives().has(Alternative.FIO)) {
            Path program = stage.alternatives().program(Alternative.FIO);
            contenders.add(new Fio(program, stage.folder().resolve("fio"), work, group));
        }
    }

    /** Those that a save can ask for, and first the one that waits for the device. */
    private static List<Durability> levels() {
        return List.of(Durability.POWER, Durability.INTERVAL, Durability.PROCESS);
    }

    private void addIfThere(
            Durability level, DaemonProcess daemon, List<Contender> contenders, List<String> notes)
            throws IOException {
        String name = level.toString().toLowerCase(Locale.ROOT);
        SaveOptions options = SaveOptions.defaults().withDurability(level);
        PramdContender pramd = PramdContender.of("pramd, " + name, work, options, daemon);
        try {
            pramd.client().save("probe", options.withReplace(true), new byte[] {1});
            if (level == Durability.POWER) {
                contenders.add(new GroupMeter(RawPower.beside(pramd, work), pramd, work.nodes()));
            }
            contenders.add(Variant.reusing(pramd));
        } catch (RejectedException e) {
            if (level != Durability.POWER) {
                throw e;
            }
            notes.add("skipped: " + name + ": " + e.getMessage());
            pramd.closeClient();
        }
    }
}
