package io.pramd.daemon.bench;

import io.pramd.client.SaveOptions;
import io.pramd.daemon.fixture.DaemonProcess;
import java.util.ArrayList;
import java.util.List;

/**
 * Immutable. The same work for a daemon that nobody can look at, one that counts and times what it
 * does, and one that is looked at meanwhile.
 */
record AdminCase(Work work, int rounds) implements BenchCase {
    private static final int DAEMONS = 3;

    @Override
    public long memoryMebibytes() {
        return DAEMONS * work.memoryMebibytesOnce();
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try {
            contenders.add(contender("without --admin", start(stage, "none")));
            contenders.add(contender("--admin", start(stage, "admin", "--admin", "127.0.0.1:0")));
            DaemonProcess watched = start(stage, "watched", "--admin", "127.0.0.1:0");
            Watched last = new Watched(contender("--admin, looked at", watched), watched.admin());
            contenders.add(last);
            last.warmUp();
            Comparison comparison = new Comparison(work.unit(), work.amount());
            comparison.add("save", Verb.SAVE, contenders);
            comparison.add("load", Verb.LOAD, contenders);
            return new Measured(
                    "what it costs to be looked at, " + work.title(),
                    comparison.run(rounds),
                    List.of());
        } finally {
            Alternatives.closeAll(contenders);
        }
    }

    private DaemonProcess start(Stage stage, String memory, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "--size",
                                work.memoryMebibytesOnce() + "M",
                                "--listen",
                                "pram://127.0.0.1:0"));
        words.addAll(List.of(more));
        return DaemonProcess.start(
                stage.environment(), stage.folder().resolve(memory), words.toArray(String[]::new));
    }

    private Contender contender(String name, DaemonProcess daemon) {
        return Variant.reusing(PramdContender.of(name, work, SaveOptions.defaults(), daemon));
    }
}
