package io.pramd.daemon.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Immutable. Draws the series of a case as an SVG: a group of bars for each, as long as the median,
 * with a line over the range.
 */
final class BarChart {
    private static final int WIDTH = 820;
    private static final int NAMES_WIDTH = 230;
    private static final int BARS_WIDTH = 430;
    private static final int ROW_HEIGHT = 20;
    private static final int BAR_HEIGHT = 14;
    private static final int HEAD_HEIGHT = 34;
    private static final String SUBJECT_COLOR = "#1f6fb4";
    private static final String OTHER_COLOR = "#b9bec6";

    private final Unit unit;
    private final double longest;
    private final List<String> elements = new ArrayList<>();
    private int y = HEAD_HEIGHT;

    private BarChart(BenchCase.Measured measured) {
        unit = measured.series().getFirst().unit();
        longest =
                measured.series().stream()
                        .flatMap(
                                each -> each.samples().keySet().stream().map(of -> value(each, of)))
                        .mapToDouble(Spread::max)
                        .max()
                        .orElse(1);
    }

    /** One file for each case that has numbers, in a folder that is made if need be. */
    static void writeAll(Report report, Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<CaseName, BenchCase.Measured> each : report.cases().entrySet()) {
            if (!each.getValue().series().isEmpty()) {
                Files.writeString(folder.resolve(each.getKey() + ".svg"), of(each.getValue()));
            }
        }
    }

    /** The whole file. */
    static String of(BenchCase.Measured measured) {
        return new BarChart(measured).draw(measured);
    }

    private String draw(BenchCase.Measured measured) {
        text(8, 20, "bold", measured.title() + ": " + axis());
        for (Series series : measured.series()) {
            text(8, y + BAR_HEIGHT, "bold", series.what());
            y += ROW_HEIGHT;
            for (String contender : series.samples().keySet()) {
                bar(series, contender);
                y += ROW_HEIGHT;
            }
        }
        String size = "width='" + WIDTH + "' height='" + (y + 8) + "'";
        return "<svg xmlns='http://www.w3.org/2000/svg' "
                + size
                + " font-family='sans-serif' font-size='12'>\n"
                + "<rect width='100%' height='100%' fill='white'/>\n"
                + String.join("\n", elements)
                + "\n</svg>\n";
    }

    private String axis() {
        return unit == Unit.START ? "ms, shorter is better" : unit.rate() + ", longer is better";
    }

    private Spread value(Series series, String contender) {
        return unit == Unit.START ? series.millis(contender) : series.rate(contender);
    }

    private void bar(Series series, String contender) {
        Spread spread = value(series, contender);
        String color = contender.equals(series.subject()) ? SUBJECT_COLOR : OTHER_COLOR;
        text(24, y + BAR_HEIGHT - 2, "normal", contender);
        element(
                "<rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/>",
                NAMES_WIDTH, y, length(spread.median()), BAR_HEIGHT, color);
        element(
                "<line x1='%.1f' x2='%.1f' y1='%d' y2='%d' stroke='#333'/>",
                NAMES_WIDTH + length(spread.min()),
                NAMES_WIDTH + length(spread.max()),
                y + BAR_HEIGHT / 2,
                y + BAR_HEIGHT / 2);
        String format = unit == Unit.GIB ? "%.2f" : "%,.0f";
        String number = String.format(Locale.ROOT, format, spread.median());
        text(NAMES_WIDTH + BARS_WIDTH + 12, y + BAR_HEIGHT - 2, "normal", number);
    }

    private double length(double value) {
        return value / longest * BARS_WIDTH;
    }

    private void text(int x, int baseline, String weight, String text) {
        String safe = text.replace("&", "&amp;").replace("<", "&lt;");
        element("<text x='%d' y='%d' font-weight='%s'>%s</text>", x, baseline, weight, safe);
    }

    private void element(String format, Object... values) {
        elements.add(String.format(Locale.ROOT, format, values));
    }
}
