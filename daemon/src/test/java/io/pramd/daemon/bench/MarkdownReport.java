package io.pramd.daemon.bench;

import io.pramd.daemon.bench.BenchCase.Measured;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** One owner. Prints a report as Markdown tables for the documentation. */
final class MarkdownReport {
    /** So much of a core used by others is no quiet machine. */
    private static final double OTHER_CORES_MAX = 0.1;

    private static final double MEBIBYTE = 1 << 20;

    private final PrintWriter out;

    MarkdownReport(PrintWriter out) {
        this.out = out;
    }

    void print(Report report) {
        line(
                "%s, `%s`: %s; memory file on %s; medians (and ranges) of %d rounds.",
                report.date(),
                report.command(),
                report.machine().line(),
                report.fileSystem(),
                report.scale().rounds());
        printDoubts(
                report.cases().values().stream().flatMap(each -> each.series().stream()).toList());
        report.notes().forEach(note -> note("skipped: " + note));
        report.cases().forEach((name, measured) -> printCase(name.toString(), measured));
        GoalsTable.print(Goals.judge(report.cases()), out);
        out.flush();
    }

    /** What makes the numbers less worth. */
    private void printDoubts(List<Series> series) {
        double otherCores = most(series, Series::otherCores);
        if (otherCores > OTHER_CORES_MAX) {
            note(
                    text(
                            "**The machine was not quiet**: other processes used up to %.1f cores"
                                    + " meanwhile (median of a row).",
                            otherCores));
        }
        double compilerShare = most(series, Series::compilerShare);
        if (compilerShare > Comparison.COMPILER_SHARE_MAX) {
            note(
                    text(
                            "**The JVMs were still compiling**: that was up to %.0f %% of the"
                                    + " processor time of pramd (median of a row).",
                            compilerShare * 100));
        }
    }

    private static double most(List<Series> series, Function<Series, Spread> spread) {
        return series.stream()
                .filter(each -> each.unit() != Unit.START) // whoever starts compiles
                .mapToDouble(each -> spread.apply(each).median())
                .max()
                .orElse(0);
    }

    private void printCase(String name, Measured measured) {
        line("");
        line("**%s**: %s", name, measured.title());
        measured.notes().forEach(this::note);
        List<Series> all = measured.series();
        if (all.isEmpty()) {
            return;
        }
        Unit unit = all.getFirst().unit();
        boolean latencies = unit == Unit.NODE || unit == Unit.CONNECTION;
        line("");
        List<String> columns = new ArrayList<>(List.of("beside", "x", "its " + unit.rate()));
        columns.set(2, unit == Unit.START ? "ms" : unit.rate());
        columns.addAll(List.of("beside it", "CPU " + unit.cpu() + ": server", "beside it"));
        columns.addAll(List.of("client", "beside it"));
        if (latencies) {
            columns.addAll(List.of("us: p50", "p99", "p50 beside it", "p99"));
        }
        columns.addAll(List.of("MiB: peak, anonymous", "beside it"));
        row("what", columns);
        line("| --- | --- |" + " ---: |".repeat(columns.size() - 1));
        all.forEach(each -> printSeries(each, latencies));
    }

    private void printSeries(Series series, boolean latencies) {
        if (series.others().isEmpty()) {
            row(series.what(), cells(series, null, latencies));
        }
        for (String other : series.others()) {
            row(series.what(), cells(series, other, latencies));
        }
    }

    private static List<String> cells(Series series, String other, boolean latencies) {
        String own = series.subject();
        Unit unit = series.unit();
        List<String> cells = new ArrayList<>();
        cells.add(other == null ? "" : other);
        cells.add(other == null ? "" : ratio(series.ratio(other)));
        cells.add(speed(series, own));
        cells.add(other == null ? "" : speed(series, other));
        for (Function<Sample, Double> cpu :
                List.<Function<Sample, Double>>of(Sample::serverCpu, Sample::clientCpu)) {
            cells.add(text(unit.cpuFormat(), series.cpu(own, cpu::apply).median()));
            cells.add(
                    other == null
                            ? ""
                            : text(unit.cpuFormat(), series.cpu(other, cpu::apply).median()));
        }
        if (latencies) {
            cells.addAll(latencies(series, own));
            cells.addAll(latencies(series, other));
        }
        cells.add(memory(series, own));
        cells.add(other == null ? "" : memory(series, other));
        return cells;
    }

    private static String speed(Series series, String contender) {
        return series.unit() == Unit.START
                ? range(series.millis(contender), "%,.0f")
                : range(series.rate(contender), series.unit().rateFormat());
    }

    private static String ratio(Spread ratio) {
        return "**" + text("%.2f", ratio.median()) + "** " + ends(ratio, "%.2f");
    }

    private static List<String> latencies(Series series, String contender) {
        if (contender == null || !series.hasLatencies(contender)) {
            return List.of("", "");
        }
        return List.of(
                text("%.0f", series.latencyMicros(contender, 0.5).median()),
                text("%.0f", series.latencyMicros(contender, 0.99).median()));
    }

    private static String memory(Series series, String contender) {
        double peak = series.of(contender, sample -> sample.footprint().peakBytes()).max();
        double anonymous =
                series.of(contender, sample -> sample.footprint().anonymousBytes()).max();
        return text("%,.0f, %,.0f", peak / MEBIBYTE, anonymous / MEBIBYTE);
    }

    private static String range(Spread spread, String format) {
        return text(format, spread.median()) + " " + ends(spread, format);
    }

    private static String ends(Spread spread, String format) {
        return "(" + text(format, spread.min()) + " - " + text(format, spread.max()) + ")";
    }

    private void note(String text) {
        line("");
        out.println(text);
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
