package io.pramd.daemon.bench;

import io.pramd.client.SaveOptions;
import java.util.ArrayList;
import java.util.List;

/** Immutable. Saves, peeks and loads beside all alternatives that can do the like. */
record StoreCase(SocketKind kind, Work work, int rounds) implements BenchCase {

    @Override
    public long memoryMebibytes() {
        return work.memoryMebibytes() + (hasRawClient() ? work.memoryMebibytesOnce() : 0);
    }

    /** One node for all bytes is a stream, and not what one asks a server for. */
    private boolean hasRawClient() {
        return work.nodes() > 1;
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try {
            PramdContender pramd = pramd(stage);
            contenders.add(pramd);
            if (hasRawClient()) {
                contenders.add(RawContender.beside(pramd.daemon(), kind, work));
            }
            contenders.addAll(stage.alternatives().start(stage.folder(), kind, work));
            Comparison comparison = new Comparison(work.unit(), work.amount());
            comparison.addVerbs(", " + kind.title(), contenders);
            return new Measured(work.title(), withRawRows(comparison.run(rounds)), List.of());
        } finally {
            Alternatives.closeAll(contenders.reversed()); // what needs the daemon ends before it
        }
    }

    private PramdContender pramd(Stage stage) {
        return PramdContender.of(
                "pramd",
                work,
                SaveOptions.defaults(),
                stage.startDaemon("memory", memoryMebibytes(), kind.daemonUri(stage.folder())));
    }

    /** The raw client stands beside the library, and the other servers beside the raw client. */
    private List<Series> withRawRows(List<Series> series) {
        if (!hasRawClient()) {
            return series;
        }
        List<Series> rows = new ArrayList<>(series);
        series.forEach(each -> rows.add(each.of(RawContender.NAME, ", raw client")));
        return rows;
    }
}
