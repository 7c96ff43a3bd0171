package io.pramd.daemon.bench;

import io.pramd.client.SaveOptions;
import io.pramd.daemon.bench.ProtectedDaemons.Entrance;
import java.util.ArrayList;
import java.util.List;

/**
 * Immutable. The same work by each way into a daemon, from one that asks nothing to TLS with
 * certificates of both sides.
 *
 * @param connects whether clients only come and go; else what is saved is loaded
 */
record ProtectionCase(Work work, boolean connects, int rounds) implements BenchCase {
    /** Each way in keeps what it has saved until it has loaded it. */
    private static final int WAYS = 7;

    static ProtectionCase ofNodes(Work work, int rounds) {
        return new ProtectionCase(work, false, rounds);
    }

    static ProtectionCase ofConnections(Work work, int rounds) {
        return new ProtectionCase(work, true, rounds);
    }

    @Override
    public long memoryMebibytes() {
        return WAYS * work.memoryMebibytesOnce();
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try (ProtectedDaemons daemons = ProtectedDaemons.start(stage, work.memoryMebibytesOnce())) {
            for (Entrance entrance : daemons.entrances()) {
                contenders.add(contender(entrance));
            }
            Comparison comparison =
                    connects
                            ? new Comparison(Unit.CONNECTION, work.nodes())
                            : new Comparison(work.unit(), work.amount());
            if (connects) {
                comparison.add("connect and ping", Verb.PEEK, contenders);
            } else {
                comparison.add("save", Verb.SAVE, contenders);
                comparison.add("load", Verb.LOAD, contenders);
            }
            String what = connects ? "connections one after the other" : work.title();
            return new Measured(
                    "what protection costs, " + what, comparison.run(rounds), List.of());
        } finally {
            Alternatives.closeAll(contenders);
        }
    }

    private Contender contender(Entrance entrance) {
        if (connects) {
            return new ConnectContender(
                    entrance.name(), work.nodes(), entrance.daemon(), entrance.way());
        }
        SaveOptions options = SaveOptions.defaults();
        return Variant.reusing(
                PramdContender.of(
                        entrance.name(), work, options, entrance.daemon(), entrance.way()));
    }
}
