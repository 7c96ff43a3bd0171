package io.pramd.daemon.bench;

import io.pramd.daemon.bench.Series.Round;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One owner. Measures verbs of pramd, each right beside the same work of a plain socket, in rounds
 * that take all of them in turn, so that what else happens on the machine happens to all of them.
 */
final class Comparison {
    /** Rounds that are not counted, until the JVMs have compiled what will be measured. */
    private static final int WARM_UPS_MIN = 2;

    private static final int WARM_UPS_MAX = 12;

    /** With less of the processor time in compilers it is warm. */
    static final double COMPILER_SHARE_MAX = 0.05;

    private static final long[] NO_LATENCIES = {};

    private final Scene scene;
    private final Unit unit;
    private final double amount;
    private final List<Contest> contests = new ArrayList<>();

    Comparison(Scene scene, Unit unit, double amount) {
        this.scene = scene;
        this.unit = unit;
        this.amount = amount;
    }

    /** Something that moves all the bytes once, and answers how long each call took, or nothing. */
    @FunctionalInterface
    interface Job {
        long[] run() throws Exception;
    }

    private record Contest(String what, Job plain, Job pramd, List<Round> rounds) {}

    /** One more verb; in a round they come in this order. */
    void add(String what, Job plain, Job pramd) {
        contests.add(new Contest(what, plain, pramd, new ArrayList<>()));
    }

    List<Series> run(int rounds) throws Exception {
        boolean warm = false;
        for (int round = 0; round < WARM_UPS_MIN || !warm && round < WARM_UPS_MAX; round++) {
            warm = true;
            for (Contest contest : contests) {
                Round measured = measure(contest, round % 2 == 0);
                warm &= measured.pramd().compilerShare() <= COMPILER_SHARE_MAX;
            }
        }
        for (int round = 0; round < rounds; round++) {
            for (Contest contest : contests) {
                contest.rounds().add(measure(contest, round % 2 == 0));
            }
        }
        return contests.stream()
                .map(each -> new Series(each.what(), unit, amount, List.copyOf(each.rounds())))
                .toList();
    }

    private Round measure(Contest contest, boolean plainFirst) throws Exception {
        if (plainFirst) {
            Sample plain = measure(scene.plainPid(), contest.plain());
            return new Round(plain, measure(scene.daemonPid(), contest.pramd()));
        }
        Sample pramd = measure(scene.daemonPid(), contest.pramd());
        return new Round(measure(scene.plainPid(), contest.plain()), pramd);
    }

    private static Sample measure(long serverPid, Job job) throws Exception {
        long clientPid = ProcessHandle.current().pid();
        double machine = CpuTimes.ofMachine();
        double server = CpuTimes.ofProcess(serverPid);
        double client = CpuTimes.ofProcess(clientPid);
        double compilers = CpuTimes.ofCompilers(serverPid) + CpuTimes.ofCompilers(clientPid);
        long begin = System.nanoTime();
        long[] latencies = job.run();
        double seconds = (System.nanoTime() - begin) / 1e9;
        double serverUsed = CpuTimes.ofProcess(serverPid) - server;
        double clientUsed = CpuTimes.ofProcess(clientPid) - client;
        double otherUsed = CpuTimes.ofMachine() - machine - serverUsed - clientUsed;
        double compilersUsed =
                CpuTimes.ofCompilers(serverPid) + CpuTimes.ofCompilers(clientPid) - compilers;
        Arrays.sort(latencies);
        return new Sample(
                seconds,
                serverUsed,
                clientUsed,
                Math.max(0, compilersUsed),
                Math.max(0, otherUsed),
                latencies);
    }

    /** For a job that is one call. */
    static long[] noLatencies() {
        return NO_LATENCIES;
    }
}
