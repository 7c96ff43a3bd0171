package io.pramd.daemon.bench;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Immutable. Prints which goals a run has shown to be reached, and which cases show the others. */
final class GoalsTable {
    private GoalsTable() {}

    static void print(List<Goal.Verdict> verdicts, PrintWriter out) {
        out.println();
        out.println("**Goals**");
        out.println();
        out.println("| | what | goal | measured | reached | stretch | reached | case |");
        out.println("| --- | --- | ---: | ---: | --- | ---: | --- | --- |");
        for (Goal.Verdict each : verdicts) {
            Goal goal = each.goal();
            String measured = each.isMeasured() ? spread(each.measured()) : "not in this run";
            List<String> cells =
                    List.of(
                            goal.id(),
                            goal.what(),
                            bound(goal, goal.bounds().goal()),
                            measured,
                            each.reached(),
                            bound(goal, goal.bounds().stretch()),
                            each.stretchReached(),
                            cases(each));
            out.println("| " + String.join(" | ", cells) + " |");
        }
    }

    private static String bound(Goal goal, Double bound) {
        return bound == null
                ? ""
                : goal.kind().sign() + " " + number(bound) + " " + goal.kind().unit();
    }

    private static String spread(Spread spread) {
        return "**%s** (%s - %s)"
                .formatted(number(spread.median()), number(spread.min()), number(spread.max()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
    }

    private static String cases(Goal.Verdict verdict) {
        return verdict.isMeasured()
                ? verdict.by().toString()
                : verdict.goal().cases().stream()
                        .map(CaseName::toString)
                        .collect(Collectors.joining(", "));
    }

    /** For programs. */
    static Map<String, Object> json(Goal.Verdict verdict) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", verdict.goal().id());
        values.put("what", verdict.goal().what());
        values.put("unit", verdict.goal().kind().unit());
        values.put("sign", verdict.goal().kind().sign());
        values.put("goal", verdict.goal().bounds().goal());
        values.put("stretch", verdict.goal().bounds().stretch());
        values.put("measured", verdict.measured());
        values.put("reached", verdict.reached());
        values.put("stretchReached", verdict.stretchReached());
        values.put("cases", cases(verdict));
        return values;
    }
}
