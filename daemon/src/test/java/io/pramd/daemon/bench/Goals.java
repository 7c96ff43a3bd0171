package io.pramd.daemon.bench;

import io.pramd.daemon.bench.BenchCase.Measured;
import io.pramd.daemon.bench.Goal.Bounds;
import io.pramd.daemon.bench.Goal.Kind;
import io.pramd.daemon.bench.Goal.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Immutable. All goals. */
final class Goals {
    private static final String PRAMD = "pramd";
    private static final String RAW = RawContender.NAME;
    private static final String IPERF3 = "iperf3";
    private static final String MEMCACHED = "memcached";
    private static final String REDIS = "Redis";
    private static final String SAVE = "save, TCP";
    private static final String PEEK = "peek, TCP";
    private static final String LOAD = "load, TCP";
    private static final String RAW_SUFFIX = ", raw client";

    private final List<Goal> all = new ArrayList<>();

    private Goals() {
        addBig();
        addSmall();
        addMemory();
        addRestart();
        addGrowth();
        addCommands();
    }

    static List<Goal.Verdict> judge(Map<CaseName, Measured> run) {
        return new Goals().all.stream().map(each -> each.judge(run)).toList();
    }

    private void addBig() {
        List<CaseName> tcp = List.of(CaseName.NODES64M_TCP);
        atLeast(
                "P1",
                "save, x C reference",
                bounds(0.95, null),
                tcp,
                Measures.speed(SAVE, PRAMD, "C reference"));
        atLeast(
                "P1",
                "save, x memcached",
                bounds(1.2, null),
                tcp,
                Measures.speed(SAVE, PRAMD, MEMCACHED));
        atLeast("P1", "save, x Redis", bounds(3.0, null), tcp, Measures.speed(SAVE, PRAMD, REDIS));
        atLeast(
                "P1",
                "save, x iperf3",
                bounds(null, 1.0),
                tcp,
                Measures.speed(SAVE, PRAMD, IPERF3));
        atLeast(
                "P2",
                "load, x iperf3",
                bounds(1.05, 1.15),
                tcp,
                Measures.speed(LOAD, PRAMD, IPERF3));
        atLeast(
                "P2",
                "load, x memcached",
                bounds(1.3, null),
                tcp,
                Measures.speed(LOAD, PRAMD, MEMCACHED));
        atLeast(
                "P2",
                "load, x nginx",
                bounds(1.3, null),
                tcp,
                Measures.speed(LOAD, PRAMD, "nginx"));
        atLeast(
                "P2",
                "peek by a client without the receive mark, x iperf3",
                bounds(0.85, null),
                tcp,
                Measures.speed(PEEK + RAW_SUFFIX, RAW, IPERF3));
        addUnixAndCpu(tcp);
    }

    private void addUnixAndCpu(List<CaseName> tcp) {
        List<CaseName> unix = List.of(CaseName.NODES64M_UNIX);
        String save = "save, Unix socket";
        atLeast(
                "P3",
                "save, Unix socket, x iperf3 over TCP",
                bounds(1.2, 1.4),
                unix,
                Measures.speed(save, PRAMD, IPERF3));
        String load = "load, Unix socket";
        atLeast(
                "P3",
                "load, Unix socket, x iperf3 over TCP",
                bounds(1.3, 1.5),
                unix,
                Measures.speed(load, PRAMD, IPERF3));
        Kind seconds = Kind.AT_MOST_SECONDS;
        Measure saveCpu = Measures.serverCpu(SAVE, PRAMD);
        Measure loadCpu = Measures.serverCpu(LOAD, PRAMD);
        add("P4", "save, CPU of the daemon", seconds, new Bounds(0.25, 0.18), tcp, saveCpu);
        add("P4", "load, CPU of the daemon", seconds, new Bounds(0.20, 0.12), tcp, loadCpu);
    }

    private void addSmall() {
        List<CaseName> deep = List.of(CaseName.PAGE_16X16);
        String save = SAVE + RAW_SUFFIX;
        String peek = PEEK + RAW_SUFFIX;
        atLeast(
                "P5",
                "save, 16 x 16, x Redis",
                bounds(1.5, 2.0),
                deep,
                Measures.speed(save, RAW, REDIS));
        atLeast(
                "P5",
                "peek, 16 x 16, x Redis",
                bounds(1.3, 1.5),
                deep,
                Measures.speed(peek, RAW, REDIS));
        Bounds same = new Bounds(1.0, null);
        Measure saveP99 = Measures.p99(save, RAW, REDIS);
        Measure peekP99 = Measures.p99(peek, RAW, REDIS);
        add("P5", "save, 16 x 16, p99 against Redis", Kind.AT_MOST, same, deep, saveP99);
        add("P5", "peek, 16 x 16, p99 against Redis", Kind.AT_MOST, same, deep, peekP99);
        List<CaseName> tcp = List.of(CaseName.PAGE_TCP);
        atLeast(
                "P6",
                "save, one at a time, x Redis",
                bounds(0.9, 1.0),
                tcp,
                Measures.speed(save, RAW, REDIS));
        atLeast(
                "P6",
                "peek, one at a time, x Redis",
                bounds(0.9, 1.0),
                tcp,
                Measures.speed(peek, RAW, REDIS));
        List<CaseName> unix = List.of(CaseName.PAGE_UNIX);
        String saveUnix = "save, Unix socket" + RAW_SUFFIX;
        String peekUnix = "peek, Unix socket" + RAW_SUFFIX;
        atLeast(
                "P6",
                "save, Unix socket, x Redis on one",
                bounds(1.2, 1.4),
                unix,
                Measures.speed(saveUnix, RAW, REDIS));
        atLeast(
                "P6",
                "peek, Unix socket, x Redis on one",
                bounds(1.2, 1.4),
                unix,
                Measures.speed(peekUnix, RAW, REDIS));
    }

    private void addMemory() {
        for (String row : List.of(SAVE, LOAD)) {
            addFragmented(row, FragmentedCase.SCATTERED, 1.25);
            addFragmented(row, FragmentedCase.EXTENTS, 1.05);
        }
        Measure fresh = Measures.seconds(SAVE, FreshCase.FRESH, FreshCase.USED);
        Bounds little = new Bounds(1.15, null);
        String what = "save into fresh memory, time against used";
        add("P8", what, Kind.AT_MOST, little, List.of(CaseName.FRESH), fresh);
    }

    private void addFragmented(String row, String state, double most) {
        add(
                "P7",
                row + ", " + state.replace("pramd, ", "") + ", CPU against contiguous",
                Kind.AT_MOST,
                new Bounds(most, null),
                List.of(CaseName.FRAGMENTED),
                Measures.serverCpuRatio(row, state, FragmentedCase.CONTIGUOUS));
    }

    private void addRestart() {
        String row = RestartCase.FIRST_BYTE;
        Measure millis = Measures.millis(row, PRAMD);
        List<CaseName> big = List.of(CaseName.RESTART_8G, CaseName.RESTART, CaseName.RESTART_64M);
        List<CaseName> many = List.of(CaseName.RESTART_100K);
        List<CaseName> most = List.of(CaseName.RESTART_1M);
        Kind kind = Kind.AT_MOST_MILLIS;
        add("P9", "restart with few big nodes", kind, new Bounds(400.0, 300.0), big, millis);
        add("P9", "restart with 100,000 nodes", kind, new Bounds(600.0, null), many, millis);
        add("P9", "restart with 1,000,000 nodes", kind, new Bounds(1000.0, null), most, millis);
        List<CaseName> large = List.of(CaseName.RESTART_8G, CaseName.RESTART_1M);
        atLeast(
                "P9",
                "restart with 8 GiB, x Redis",
                bounds(25.0, null),
                large,
                Measures.speed(row, PRAMD, REDIS));
        Measure memcached = Measures.seconds(row, PRAMD, MEMCACHED);
        Bounds part = new Bounds(0.6, null);
        add("P9", "restart, time against memcached -e", Kind.AT_MOST, part, most, memcached);
    }

    private void addGrowth() {
        Bounds little = new Bounds(1.15, null);
        for (Verb verb : Verb.values()) {
            Measure growth = Measures.growth(verb.toString());
            String what = verb + ", CPU of the daemon with ";
            List<CaseName> nodes = List.of(CaseName.GROWTH_NODES);
            List<CaseName> bytes = List.of(CaseName.GROWTH_BYTES);
            add("P10", what + "most nodes against fewest", Kind.AT_MOST, little, nodes, growth);
            add("P10", what + "most bytes against fewest", Kind.AT_MOST, little, bytes, growth);
        }
    }

    private void addCommands() {
        Kind millis = Kind.AT_MOST_MILLIS;
        for (String each : List.of(CommandsCase.PING, CommandsCase.LS)) {
            Measure measure = Measures.millis(each, each);
            List<CaseName> cases = List.of(CaseName.COMMANDS);
            add("P12", each, millis, new Bounds(250.0, 150.0), cases, measure);
        }
        List<CaseName> many = List.of(CaseName.LEVELS16);
        String power = LevelsCase.POWER;
        atLeast(
                "P13",
                "power, 16 savers, x fio",
                bounds(0.8, null),
                many,
                Measures.speed(SAVE, power, Fio.NAME));
        String force = WriteAndForce.NAME;
        atLeast(
                "P13",
                "power, 16 savers, x write and force",
                bounds(0.8, null),
                many,
                Measures.speed(SAVE, power, force));
        Measure latency = Measures.p50(SAVE, power, force);
        Bounds two = new Bounds(2.0, null);
        List<CaseName> one = List.of(CaseName.LEVELS);
        add("P13", "power, one saver, p50 against one force", Kind.AT_MOST, two, one, latency);
    }

    private void atLeast(
            String id, String what, Bounds bounds, List<CaseName> cases, Measure speed) {
        add(id, what, Kind.AT_LEAST, bounds, cases, speed);
    }

    private static Bounds bounds(Double goal, Double stretch) {
        return new Bounds(goal, stretch);
    }

    private void add(
            String id,
            String what,
            Kind kind,
            Bounds bounds,
            List<CaseName> cases,
            Measure measure) {
        all.add(new Goal(id, what, kind, bounds, cases, measure));
    }
}
