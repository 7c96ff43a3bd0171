package io.pramd.daemon.bench;

import io.pramd.daemon.bench.Series.Round;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** One owner. Prints a report as Markdown tables for the documentation. */
final class MarkdownReport {
    /** So much of a core used by others is no quiet machine. */
    private static final double OTHER_CORES_MAX = 0.1;

    private final PrintWriter out;

    MarkdownReport(PrintWriter out) {
        this.out = out;
    }

    void print(Report report) {
        List<Series> series =
                report.cases().values().stream().flatMap(each -> each.series().stream()).toList();
        List<Restart> restarts =
                report.cases().values().stream().flatMap(each -> each.restarts().stream()).toList();
        line(
                "%s, `%s`: %s; memory file on %s; medians (and ranges) of %d rounds.",
                report.date(),
                report.command(),
                report.machine().line(),
                report.fileSystem(),
                report.scale().rounds());
        printDoubts(series);
        printBulk(report, of(series, Unit.GIB));
        printNodes(report, of(series, Unit.NODE));
        printRestarts(restarts);
        out.flush();
    }

    private static List<Series> of(List<Series> all, Unit unit) {
        return all.stream().filter(each -> each.unit() == unit).toList();
    }

    /** What makes the numbers less worth. */
    private void printDoubts(List<Series> series) {
        double otherCores = most(series, Series::otherCores);
        if (otherCores > OTHER_CORES_MAX) {
            line("");
            line(
                    "**The machine was not quiet**: other processes used up to %.1f cores meanwhile"
                            + " (median of a row).",
                    otherCores);
        }
        double compilerShare = most(series, Series::compilerShare);
        if (compilerShare > Comparison.COMPILER_SHARE_MAX) {
            line("");
            line(
                    "**The JVMs were still compiling**: that was up to %.0f %% of the processor"
                            + " time of pramd (median of a row).",
                    compilerShare * 100);
        }
    }

    private static double most(List<Series> series, Function<Series, Spread> spread) {
        return series.stream().mapToDouble(each -> spread.apply(each).median()).max().orElse(0);
    }

    private void printBulk(Report report, List<Series> all) {
        if (all.isEmpty()) {
            return;
        }
        head(
                String.format("One stream of %,d MiB", report.scale().mebibytes()),
                "GiB/s",
                "plain copy, GiB/s",
                "x plain",
                "CPU s/GiB: daemon",
                "client",
                "plain server",
                "plain client");
        for (Series each : all) {
            List<String> cells = new ArrayList<>(speed(each, "%.2f"));
            cells.addAll(cpu(each, "%.2f"));
            row(each.what(), cells);
        }
    }

    private void printNodes(Report report, List<Series> all) {
        if (all.isEmpty()) {
            return;
        }
        head(
                String.format("%,d nodes of four pages", report.scale().nodes()),
                "nodes/s",
                "plain ping-pong, /s",
                "x plain",
                "us: p50",
                "p99",
                "plain p50",
                "p99",
                "CPU us/node: daemon",
                "client",
                "plain server",
                "plain client");
        for (Series each : all) {
            List<String> cells = new ArrayList<>(speed(each, "%,.0f"));
            cells.addAll(latencies(each));
            cells.addAll(cpu(each, "%.0f"));
            row(each.what(), cells);
        }
    }

    private void printRestarts(List<Restart> all) {
        if (all.isEmpty()) {
            return;
        }
        head("Restart after SIGKILL", "exec to first loaded byte, ms", "to first save, ms");
        for (Restart each : all) {
            row(
                    each.stored(),
                    List.of(range(each.firstByte(), "%.0f"), range(each.firstSave(), "%.0f")));
        }
    }

    private static List<String> speed(Series series, String format) {
        return List.of(
                range(series.rate(Round::pramd), format),
                range(series.rate(Round::plain), format),
                "**"
                        + text("%.2f", series.ratio().median())
                        + "** "
                        + ends(series.ratio(), "%.2f"));
    }

    private static List<String> latencies(Series series) {
        List<String> cells = new ArrayList<>();
        for (Function<Round, Sample> side : sides()) {
            cells.add(text("%.0f", series.latencyMicros(side, 0.5).median()));
            cells.add(text("%.0f", series.latencyMicros(side, 0.99).median()));
        }
        return cells;
    }

    private static List<String> cpu(Series series, String format) {
        List<String> cells = new ArrayList<>();
        for (Function<Round, Sample> side : sides()) {
            cells.add(text(format, series.cpu(side, Sample::serverCpu).median()));
            cells.add(text(format, series.cpu(side, Sample::clientCpu).median()));
        }
        return cells;
    }

    private static List<Function<Round, Sample>> sides() {
        return List.of(Round::pramd, Round::plain);
    }

    private static String range(Spread spread, String format) {
        return text(format, spread.median()) + " " + ends(spread, format);
    }

    private static String ends(Spread spread, String format) {
        return "(" + text(format, spread.min()) + " - " + text(format, spread.max()) + ")";
    }

    private void head(String first, String... columns) {
        line("");
        row(first, List.of(columns));
        line("| --- |" + " ---: |".repeat(columns.length));
    }

    private void row(String first, List<String> cells) {
        out.println("| " + first + " | " + String.join(" | ", cells) + " |");
    }

    private void line(String format, Object... values) {
        out.println(text(format, values));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
