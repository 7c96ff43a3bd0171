package io.pramd.daemon.bench;

import java.util.Locale;
import java.util.function.Function;

/** Immutable. The cases by the names that users give. */
enum CaseName {
    BULK_TCP(scale -> new BulkCase(SocketKind.TCP, scale.mebibytes(), scale.rounds())),
    BULK_UNIX(scale -> new BulkCase(SocketKind.UNIX, scale.mebibytes(), scale.rounds())),
    NODES_TCP(scale -> nodes(SocketKind.TCP, 1, scale)),
    NODES_UNIX(scale -> nodes(SocketKind.UNIX, 1, scale)),
    NODES16_TCP(scale -> nodes(SocketKind.TCP, 16, scale)),
    NODES16_UNIX(scale -> nodes(SocketKind.UNIX, 16, scale)),
    RESTART(scale -> new RestartCase(scale.mebibytes(), scale.nodes(), scale.rounds()));

    private final Function<Scale, BenchCase> factory;

    CaseName(Function<Scale, BenchCase> factory) {
        this.factory = factory;
    }

    /** Immutable. How much of everything. */
    record Scale(int rounds, int mebibytes, int nodes) {}

    BenchCase at(Scale scale) {
        return factory.apply(scale);
    }

    private static BenchCase nodes(SocketKind kind, int atOnce, Scale scale) {
        return new NodesCase(kind, scale.nodes(), atOnce, scale.rounds());
    }

    /** As users write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
