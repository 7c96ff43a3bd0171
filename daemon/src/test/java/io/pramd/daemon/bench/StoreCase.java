package io.pramd.daemon.bench;

import java.util.ArrayList;
import java.util.List;

/** Immutable. Saves, peeks and loads beside all alternatives that can do the like. */
record StoreCase(SocketKind kind, Work work, int rounds) implements BenchCase {

    @Override
    public long memoryMebibytes() {
        return work.memoryMebibytes();
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try {
            contenders.add(PramdContender.open(stage, kind, work));
            contenders.addAll(stage.alternatives().start(stage.folder(), kind, work));
            Comparison comparison = new Comparison(work.unit(), work.amount());
            comparison.addVerbs(", " + kind.title(), contenders);
            return new Measured(work.title(), comparison.run(rounds), List.of());
        } finally {
            Alternatives.closeAll(contenders);
        }
    }
}
