package io.pramd.daemon.bench;

import java.util.List;
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
    FRESH(scale -> new FreshCase(scale.quarter(64), scale.rounds())),
    FRAGMENTED(scale -> new FragmentedCase(scale.quarter(64), scale.rounds())),
    COMMANDS(scale -> new CommandsCase(scale.rounds())),
    LEVELS(scale -> new LevelsCase(scale.small(1, 1, 1), scale.rounds())),
    LEVELS16(scale -> new LevelsCase(scale.small(1, 16, 1), scale.rounds())),
    LEVELS_64M(scale -> new LevelsCase(scale.quarter(64), scale.rounds())),
    GROWTH_BYTES(
            scale -> GrowthCase.ofBytes(scale.quarter(64), scale.mebibytes() * 4, scale.rounds())),
    GROWTH_NODES(
            scale -> GrowthCase.ofNodes(scale.small(1, 1, 1), scale.nodes() * 100, scale.rounds())),
    GROWTH_CONNECTIONS(
            scale ->
                    new ConnectionsCase(
                            scale.small(1, 1, 1), List.of(1, 4, 16, 64, 256), scale.rounds())),
    PROTECTION_BULK(scale -> ProtectionCase.ofNodes(scale.big(64), scale.rounds())),
    PROTECTION_PAGE(
            scale -> ProtectionCase.ofNodes(scale.small(1, 1, 16).with(16, 1), scale.rounds())),
    PROTECTION_CONNECT(
            scale ->
                    ProtectionCase.ofConnections(
                            Work.of(Math.max(1, scale.nodes() / 20), Work.PAGE_BYTES),
                            scale.rounds())),
    ADMIN_BULK(scale -> new AdminCase(scale.big(64), scale.rounds())),
    ADMIN_PAGE(scale -> new AdminCase(scale.small(1, 1, 16).with(16, 1), scale.rounds())),
    RESTART(scale -> new RestartCase(scale.big(64), scale.rounds())),
    RESTART_SMALL(scale -> new RestartCase(scale.small(4, 1, 1), scale.rounds())),
    RESTART_64M(scale -> new RestartCase(Work.ofMebibytes(64, 64), scale.rounds())),
    RESTART_8G(scale -> new RestartCase(Work.ofMebibytes(8192, 64), scale.rounds())),
    RESTART_100K(scale -> new RestartCase(Work.of(100_000, 80 << 10), scale.rounds())),
    RESTART_1M(scale -> new RestartCase(Work.of(1_000_000, 8 << 10), scale.rounds()));

    /** What a short run takes: one of each kind, about. */
    static final List<CaseName> QUICK =
            List.of(
                    NODES64M_TCP,
                    NODES64M_UNIX,
                    PAGE_TCP,
                    PAGE_UNIX,
                    PAGE_16X16,
                    FRESH,
                    FRAGMENTED,
                    COMMANDS,
                    LEVELS16,
                    RESTART);

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

        /** Less, for what needs room for it many times. */
        Work quarter(int nodeMebibytes) {
            return Work.ofMebibytes(Math.max(1, mebibytes / QUARTER / QUARTER), nodeMebibytes);
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
