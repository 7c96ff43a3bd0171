package io.pramd.daemon.bench;

import io.pramd.client.SaveOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * Immutable. Saves into memory that was never touched since its file was made, beside saves into
 * memory that earlier saves have used. The daemons are warm in both cases.
 */
record FreshCase(Work work, int rounds) implements BenchCase {

    static final String FRESH = "pramd, fresh memory";
    static final String USED = "pramd, used memory";

    /** Of both daemons together. */
    @Override
    public long memoryMebibytes() {
        return freshMebibytes() + work.memoryMebibytes();
    }

    private long freshMebibytes() {
        return (Comparison.jobsMax(rounds) + 1) * work.memoryMebibytesOnce();
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try {
            contenders.add(Variant.fresh(pramd(stage, "fresh", freshMebibytes())));
            contenders.add(Variant.reusing(pramd(stage, "used", work.memoryMebibytes())));
            Comparison comparison = new Comparison(work.unit(), work.amount());
            comparison.add("save, TCP", Verb.SAVE, contenders);
            return new Measured(
                    "saves into fresh memory, " + work.title(), comparison.run(rounds), List.of());
        } finally {
            Alternatives.closeAll(contenders);
        }
    }

    private PramdContender pramd(Stage stage, String state, long mebibytes) {
        return PramdContender.of(
                "pramd, " + state + " memory",
                work,
                SaveOptions.defaults(),
                stage.startDaemon(state, mebibytes, SocketKind.TCP.daemonUri(stage.folder())));
    }
}
