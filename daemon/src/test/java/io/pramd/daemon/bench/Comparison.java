package io.pramd.daemon.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    private record Entrant(Contender contender, Verb verb, Job job) {}

    private record Contest(
            String what, List<Entrant> entrants, Map<String, List<Sample>> samples) {}

    /** One more verb, of the first as the subject and of the others. */
    void add(String what, Verb verb, List<? extends Contender> contenders) {
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        contenders.forEach(each -> samples.put(each.name(), new ArrayList<>()));
        List<Entrant> entrants = new ArrayList<>();
        contenders.forEach(each -> entrants.add(new Entrant(each, verb, each.job(verb))));
        contests.add(new Contest(what, entrants, samples));
    }

    /** All verbs, in this order in a round. */
    void addVerbs(String how, List<? extends Contender> contenders) {
        for (Verb verb : Verb.values()) {
            add(verb + how, verb, contenders);
        }
    }

    /** The most jobs of each contender and verb that such a run takes. */
    static int jobsMax(int rounds) {
        return 2 * rounds + WARM_UPS_MIN;
    }

    /** Warms up no longer than twice what is measured. */
    List<Series> run(int rounds) throws Exception {
        Set<Entrant> cold = new HashSet<>();
        contests.forEach(contest -> cold.addAll(contest.entrants()));
        int warmUpsMin = Math.min(WARM_UPS_MIN, rounds);
        for (int round = 1; round <= warmUpsMin + rounds && !cold.isEmpty(); round++) {
            warmUp(cold, round < warmUpsMin);
        }
        for (int round = 0; round < rounds; round++) {
            for (Contest contest : contests) {
                List<Entrant> turn = new ArrayList<>(contest.entrants());
                Collections.rotate(turn, round);
                for (Entrant entrant : turn) {
                    contest.samples().get(entrant.contender().name()).add(measure(entrant));
                }
            }
        }
        return contests.stream()
                .map(each -> new Series(each.what(), unit, amount, each.samples()))
                .toList();
    }

    /** Saves, peeks and loads by the same contender belong together, so all of it stays cold. */
    private void warmUp(Set<Entrant> cold, boolean again) throws Exception {
        Set<Contender> stillCold = new HashSet<>();
        for (Contest contest : contests) {
            for (Entrant entrant : contest.entrants()) {
                boolean wasCold = cold.contains(entrant);
                if (wasCold && measure(entrant).compilerShare() > COMPILER_SHARE_MAX || again) {
                    stillCold.add(entrant.contender());
                }
            }
        }
        cold.removeIf(entrant -> !stillCold.contains(entrant.contender()));
    }

    private static Sample measure(Entrant entrant) throws Exception {
        entrant.contender().prepare(entrant.verb());
        long serverPid = entrant.contender().serverPid();
        long clientPid = entrant.contender().clientPid();
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
