package io.pramd.daemon.bench;

import java.util.Locale;
import java.util.function.Function;

/** Immutable. The cases by the names that users give. */
enum CaseName {
    BULK_TCP(scale -> store(SocketKind.TCP, scale.stream(), scale)),
    BULK_UNIX(scale -> store(SocketKind.UNIX, scale.stream(), scale)),
    NODES64M_TCP(scale -> store(SocketKind.TCP, scale.big(64), scale)),
    NODES64M_UNIX(scale -> store(SocketKind.UNIX, scale.big(64), scale)),
    NODES1M_TCP(scale -> store(SocketKind.TCP, scale.big(1), scale)),
    NODES1M_UNIX(scale -> store(SocketKind.UNIX, scale.big(1), scale)),
    NODES16K_TCP(scale -> store(SocketKind.TCP, scale.small(4, 1, 1), scale)),
    NODES16K_UNIX(scale -> store(SocketKind.UNIX, scale.small(4, 1, 1), scale)),
    PAGE_TCP(scale -> store(SocketKind.TCP, scale.small(1, 1, 1), scale)),
    PAGE_UNIX(scale -> store(SocketKind.UNIX, scale.small(1, 1, 1), scale)),
    PAGE_1X16(scale -> store(SocketKind.TCP, scale.small(1, 1, 16), scale)),
    PAGE_4X1(scale -> store(SocketKind.TCP, scale.small(1, 4, 1), scale)),
    PAGE_4X16(scale -> store(SocketKind.TCP, scale.small(1, 4, 16), scale)),
    PAGE_16X1(scale -> store(SocketKind.TCP, scale.small(1, 16, 1), scale)),
    PAGE_16X16(scale -> store(SocketKind.TCP, scale.small(1, 16, 16), scale)),
    PAGE_16X16_UNIX(scale -> store(SocketKind.UNIX, scale.small(1, 16, 16), scale)),
    RESTART(scale -> new RestartCase(scale.big(64), scale.rounds())),
    RESTART_SMALL(scale -> new RestartCase(scale.small(4, 1, 1), scale.rounds())),
    RESTART_64M(scale -> new RestartCase(Work.ofMebibytes(64, 64), scale.rounds())),
    RESTART_8G(scale -> new RestartCase(Work.ofMebibytes(8192, 64), scale.rounds())),
    RESTART_100K(scale -> new RestartCase(Work.of(100_000, 80 << 10), scale.rounds())),
    RESTART_1M(scale -> new RestartCase(Work.of(1_000_000, 8 << 10), scale.rounds()));

    private final Function<Scale, BenchCase> factory;

    CaseName(Function<Scale, BenchCase> factory) {
        this.factory = factory;
    }

    /**
     * Immutable. How much of everything.
     *
     * @param mebibytes of one stream; what comes in several nodes is a quarter of it
     * @param nodes how many small ones; sixteen deep, ten times as many
     */
    record Scale(int rounds, int mebibytes, int nodes) {
        private static final int QUARTER = 4;
        private static final int MORE_WHEN_DEEP = 10;

        Work stream() {
            return Work.ofMebibytes(mebibytes, mebibytes);
        }

        Work big(int nodeMebibytes) {
            return Work.ofMebibytes(Math.max(1, mebibytes / QUARTER), nodeMebibytes);
        }

        Work small(int pages, int connections, int depth) {
            int count = depth == 1 ? nodes : nodes * MORE_WHEN_DEEP;
            return new Work(count, (long) pages * Work.PAGE_BYTES, connections, depth);
        }
    }

    BenchCase at(Scale scale) {
        return factory.apply(scale);
    }

    private static BenchCase store(SocketKind kind, Work work, Scale scale) {
        return new StoreCase(kind, work, scale.rounds());
    }

    /** As users write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
