package io.pramd.daemon.bench;

import java.util.ArrayList;
import java.util.List;

/** Immutable. One page at a time, by one connection, and by more and more of them at once. */
record ConnectionsCase(Work work, List<Integer> connections, int rounds) implements BenchCase {

    @Override
    public long memoryMebibytes() {
        return work.memoryMebibytes();
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        List<Series> series = new ArrayList<>();
        for (int each : connections) {
            Work many = work.with(each, 1);
            try (PramdContender pramd = PramdContender.open(stage, SocketKind.TCP, many)) {
                Comparison comparison = new Comparison(many.unit(), many.amount());
                comparison.addVerbs(", connections: " + each, List.of(pramd));
                series.addAll(comparison.run(rounds));
            }
        }
        return new Measured("growth of connections, " + work.title(), series, List.of());
    }
}
