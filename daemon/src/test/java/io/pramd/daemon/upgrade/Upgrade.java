package io.pramd.daemon.upgrade;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Immutable: one upgrade, and how long a call waited for it.
 *
 * @param phases milliseconds in which no daemon served, by what they went into, in this order
 * @param startMillis from the start of the new process to its taking over, with the old one serving
 */
record Upgrade(LongestCall longest, Map<String, Double> phases, double startMillis) {
    private static final Pattern TOOK_OVER =
            Pattern.compile("took over: predecessor pid=\\d+ (\\S.*) all=([0-9.]+)ms");
    private static final Pattern PHASE = Pattern.compile("(\\w+)=([0-9.]+)ms");

    /**
     * By hand-over, as the log of the successor has it.
     *
     * @param readyMillis from the start of its process until it was ready
     */
    static Upgrade handedOver(LongestCall longest, String log, double readyMillis) {
        Matcher line = TOOK_OVER.matcher(log);
        if (!line.find()) {
            throw new IllegalStateException("the successor has not said how it took over: " + log);
        }
        Map<String, Double> phases = new LinkedHashMap<>();
        Matcher phase = PHASE.matcher(line.group(1));
        while (phase.find()) {
            phases.put(phase.group(1), Double.valueOf(phase.group(2)));
        }
        double all = Double.parseDouble(line.group(2));
        return new Upgrade(longest, phases, Math.max(0, readyMillis - all));
    }

    /** By a stop and a start. */
    static Upgrade restarted(LongestCall longest, double stopMillis, double readyMillis) {
        Map<String, Double> phases = new LinkedHashMap<>();
        phases.put("stop", stopMillis);
        phases.put("start", readyMillis);
        return new Upgrade(longest, phases, 0);
    }

    /** What the longest call took beside that: connecting anew, and what it was for. */
    double restMillis() {
        double known = phases.values().stream().mapToDouble(Double::doubleValue).sum();
        return Math.max(0, longest.millis() - known);
    }
}
