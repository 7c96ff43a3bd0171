package io.pramd.daemon.upgrade;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Immutable: what came out of a run.
 *
 * @param calls made by all clients
 * @param failed calls that ended with an exception
 * @param wrong answers that were not what was saved
 * @param faults what went wrong, in words; some of it
 * @param isClean whether every daemon ended as it should, and the file is without a fault
 */
record UpgradeReport(
        long calls,
        long failed,
        long wrong,
        List<String> faults,
        boolean isClean,
        List<Upgrade> upgrades) {
    boolean isGood() {
        return failed == 0 && wrong == 0 && isClean && faults.isEmpty();
    }

    void print(PrintWriter out) {
        faults.forEach(fault -> out.println("  FAULT " + fault));
        Upgrade worst =
                upgrades.stream()
                        .max(Comparator.comparingLong(each -> each.longest().nanos()))
                        .orElseThrow();
        out.printf(
                Locale.ROOT,
                "longest pause of a call: %.0f ms, a %s, at upgrade %d: %s, connecting anew and the"
                        + " call itself %.0f ms%n",
                worst.longest().millis(),
                worst.longest().verb(),
                upgrades.indexOf(worst) + 1,
                phases(worst),
                worst.restMillis());
        out.printf("the file at rest: %s%n", isClean ? "clean" : "NOT AS IT SHOULD BE");
        out.printf(
                "upgrades %d, calls made %d, failed %d, wrong answers %d%n",
                upgrades.size(), calls, failed, wrong);
        out.flush();
    }

    private static String phases(Upgrade upgrade) {
        return upgrade.phases().entrySet().stream()
                .map(
                        phase ->
                                String.format(
                                        Locale.ROOT,
                                        "%s %.0f ms",
                                        phase.getKey(),
                                        phase.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** The head of the rows that {@link #row} makes. */
    static String head(Upgrade first) {
        String phases =
                first.phases().keySet().stream()
                        .map(name -> String.format("%9s", name))
                        .collect(Collectors.joining());
        return String.format(
                "%7s  %-17s%9s%s%9s%16s",
                "upgrade", "longest call", "ms", phases, "rest", "start, beside");
    }

    static String row(int number, Upgrade upgrade) {
        String phases =
                upgrade.phases().values().stream()
                        .map(millis -> String.format(Locale.ROOT, "%9.1f", millis))
                        .collect(Collectors.joining());
        return String.format(
                Locale.ROOT,
                "%7d  %-17s%9.1f%s%9.1f%16.1f",
                number,
                upgrade.longest().verb(),
                upgrade.longest().millis(),
                phases,
                upgrade.restMillis(),
                upgrade.startMillis());
    }
}
