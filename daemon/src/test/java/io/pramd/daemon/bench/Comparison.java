package io.pramd.daemon.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * One owner. Measures verbs of pramd, each right beside the same work of the alternatives, in
 * rounds that take all of them in turn, so that what else happens on the machine happens to all of
 * them.
 */
final class Comparison {
    /** Rounds that are not counted, until the JVMs have compiled what will be measured. */
    private static final int WARM_UPS_MIN = 2;

    /** With less of the processor time in compilers it is warm. */
    static final double COMPILER_SHARE_MAX = 0.05;

    private final Unit unit;
    private final double amount;
    private final List<Contest> contests = new ArrayList<>();

    Comparison(Unit unit, double amount) {
        this.unit = unit;
        this.amount = amount;
    }

    /** Immutable. A contender, and what it is to do; pids, since a server may be started anew. */
    record Entrant(String name, LongSupplier serverPid, LongSupplier clientPid, Job job) {
        static Entrant of(Contender contender, Job job) {
            return new Entrant(contender.name(), contender::serverPid, contender::clientPid, job);
        }
    }

    private record Contest(
            String what, List<Entrant> entrants, Map<String, List<Sample>> samples) {}

    /** One more verb, of the subject and of the others; in a round they come in this order. */
    void add(String what, List<Entrant> entrants) {
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        entrants.forEach(entrant -> samples.put(entrant.name(), new ArrayList<>()));
        contests.add(new Contest(what, List.copyOf(entrants), samples));
    }

    /** All verbs of these, the first of whom is the subject. */
    void addVerbs(String how, List<Contender> contenders) {
        for (Verb verb : Verb.values()) {
            add(
                    verb + how,
                    contenders.stream().map(each -> Entrant.of(each, each.job(verb))).toList());
        }
    }

    /** Warms up no longer than twice what is measured. */
    List<Series> run(int rounds) throws Exception {
        boolean warm = false;
        int warmUpsMax = Math.min(WARM_UPS_MIN, rounds) + rounds;
        for (int round = 0; round < Math.min(WARM_UPS_MIN, rounds); round++) {
            warm = warmUp(false);
        }
        for (int round = WARM_UPS_MIN; round < warmUpsMax && !warm; round++) {
            warm = warmUp(true);
        }
        for (int round = 0; round < rounds; round++) {
            for (Contest contest : contests) {
                List<Entrant> turn = new ArrayList<>(contest.entrants());
                Collections.rotate(turn, round);
                for (Entrant entrant : turn) {
                    contest.samples().get(entrant.name()).add(measure(entrant));
                }
            }
        }
        return contests.stream()
                .map(each -> new Series(each.what(), unit, amount, each.samples()))
                .toList();
    }

    /** Whether the JVMs of the subject have little left to compile. */
    private boolean warmUp(boolean subjectOnly) throws Exception {
        boolean warm = true;
        for (Contest contest : contests) {
            for (Entrant entrant : contest.entrants()) {
                boolean isSubject = entrant == contest.entrants().getFirst();
                if (isSubject || !subjectOnly) {
                    double share = measure(entrant).compilerShare();
                    warm &= !isSubject || share <= COMPILER_SHARE_MAX;
                }
            }
        }
        return warm;
    }

    private static Sample measure(Entrant entrant) throws Exception {
        long serverPid = entrant.serverPid().getAsLong();
        long clientPid = entrant.clientPid().getAsLong();
        double server = CpuTimes.ofTree(serverPid);
        double machine = CpuTimes.ofMachine();
        double client = CpuTimes.ofProcess(clientPid);
        double compilers = CpuTimes.ofCompilers(serverPid) + CpuTimes.ofCompilers(clientPid);
        long begin = System.nanoTime();
        Job.Outcome outcome = entrant.job().run();
        double seconds = (System.nanoTime() - begin) / 1e9;
        double clientUsed = outcome.clientCpu().orElse(CpuTimes.ofProcess(clientPid) - client);
        double machineUsed = CpuTimes.ofMachine() - machine;
        double compilersUsed =
                CpuTimes.ofCompilers(serverPid) + CpuTimes.ofCompilers(clientPid) - compilers;
        double serverUsed = CpuTimes.ofTree(serverPid) - server;
        Arrays.sort(outcome.latencies());
        return new Sample(
                outcome.seconds().orElse(seconds),
                serverUsed,
                clientUsed,
                Math.max(0, compilersUsed),
                Math.max(0, machineUsed - serverUsed - clientUsed),
                outcome.latencies(),
                Footprint.of(serverPid));
    }
}
