package io.pramd.daemon.bench;

import io.pramd.client.RejectedException;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Immutable. Saves at each level of durability, as far as the file system has it. */
record LevelsCase(Work work, int rounds) implements BenchCase {

    @Override
    public long memoryMebibytes() {
        return Durability.values().length * work.memoryMebibytes();
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        List<String> notes = new ArrayList<>();
        List<Contender> contenders = new ArrayList<>();
        try {
            for (Durability level : levels()) {
                addIfThere(level, stage, contenders, notes);
            }
            Comparison comparison = new Comparison(work.unit(), work.amount());
            comparison.add("save, TCP", Verb.SAVE, contenders);
            return new Measured(
                    "levels of durability, " + work.title(), comparison.run(rounds), notes);
        } finally {
            Alternatives.closeAll(contenders);
        }
    }

    /** Those that a save can ask for. */
    private static List<Durability> levels() {
        return List.of(Durability.PROCESS, Durability.INTERVAL, Durability.POWER);
    }

    private void addIfThere(
            Durability level, Stage stage, List<Contender> contenders, List<String> notes) {
        String name = level.toString().toLowerCase(Locale.ROOT);
        DaemonProcess daemon =
                stage.startDaemon(
                        name, work.memoryMebibytes(), SocketKind.TCP.daemonUri(stage.folder()));
        SaveOptions options = SaveOptions.defaults().withDurability(level);
        PramdContender pramd = PramdContender.of("pramd, " + name, work, options, daemon);
        try {
            pramd.client().save("probe", options, new byte[] {1});
            contenders.add(Variant.reusing(pramd));
        } catch (RejectedException e) {
            notes.add("skipped: " + name + ": " + e.getMessage());
            pramd.close();
        }
    }
}
