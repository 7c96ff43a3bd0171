package io.pramd.client.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Immutable: what {@code pram top} shows of a daemon, as lines. */
final class TopView {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final List<String> HELP =
            List.of(
                    "q, Ctrl-C  quit",
                    "s          sort nodes: largest, newest, by name",
                    "space      stand still, and go on",
                    "h          this help, and back",
                    "",
                    "saved, loaded  page data per second; requests, commits, forces  per second",
                    "held           frames that nothing reaches any more, and no save may use yet",
                    "RATE           since the look before; of a new stream since it was opened",
                    "-              not known: the daemon does not say");

    private final String server;

    /**
     * @param server its address, as the user says it
     */
    TopView(String server) {
        this.server = server;
    }

    /** As many lines as the look has, or less. */
    List<TopLine> lines(TopSample sample, TopLook look) {
        List<TopLine> lines = header(sample, look);
        int left = look.height() - lines.size() - (look.hasKeys() ? 1 : 0);
        if (look.keys() == TopLook.KeyState.HELP) {
            HELP.forEach(text -> lines.add(TopLine.plain(text)));
        } else {
            lines.addAll(TopTables.lines(sample, look, left));
        }
        if (look.hasKeys()) {
            int above = Math.max(0, look.height() - 1);
            if (lines.size() > above) {
                lines.subList(above, lines.size()).clear();
            }
            while (lines.size() < above) {
                lines.add(TopLine.plain(""));
            }
            lines.add(TopLine.heading(keys(look)));
        }
        return lines;
    }

    private static String keys(TopLook look) {
        String state =
                switch (look.keys()) {
                    case PAUSED -> "standing still: space goes on  ";
                    case HELP -> "h back  ";
                    case RUNNING -> "";
                };
        return state + "q quit  s sort (" + look.sort() + ")  space pause  h help";
    }

    private List<TopLine> header(TopSample sample, TopLook look) {
        TopFigures figures = sample.figures();
        List<TopLine> lines = new ArrayList<>();
        lines.add(title(sample));
        lines.add(state(sample));
        lines.add(TopLine.plain(frames(figures, look.width())));
        lines.add(TopLine.plain(moves(sample.rates())));
        lines.add(TopLine.plain(open(figures)));
        if (figures.areOwn()) {
            lines.add(
                    TopLine.plain(
                            "of "
                                    + figures.principal()
                                    + " alone: rates, connections and streams are for"
                                    + " administrators"));
        }
        lines.add(TopLine.plain(""));
        return lines;
    }

    private TopLine title(TopSample sample) {
        TopFigures figures = sample.figures();
        String version = figures.text("server.version");
        OptionalLong up = figures.count("uptimeMillis");
        return TopLine.title(
                clock(sample.epochMillis())
                        + "  "
                        + server
                        + "  "
                        + (version.isEmpty() ? "-" : version)
                        + "  up "
                        + (up.isPresent() ? TopText.age(up.getAsLong()) : "-"));
    }

    private static TopLine state(TopSample sample) {
        if (sample.failure() != null) {
            return TopLine.warning(
                    "no answer, the figures are older: " + sample.failure().getMessage());
        }
        TopFigures figures = sample.figures();
        List<String> states = new ArrayList<>();
        if (figures.flag("store.readOnly")) {
            states.add("read-only: " + figures.text("store.readOnlyReason"));
        }
        if (figures.flag("server.draining")) {
            states.add("draining: no new streams");
        }
        if (figures.isWalking()) {
            states.add("walking: saves wait: " + figures.text("recovery.progress"));
        }
        return states.isEmpty()
                ? TopLine.plain("ready")
                : TopLine.warning(String.join("; ", states));
    }

    private static String frames(TopFigures figures, int width) {
        OptionalLong total = figures.count("frames.total");
        OptionalLong free = figures.count("frames.free");
        if (total.isEmpty() || free.isEmpty()) {
            return "frames  -";
        }
        if (figures.isWalking()) {
            return "frames  " + TopText.frames(total.getAsLong()) + ", not counted yet";
        }
        long held = figures.count("frames.held").orElse(0);
        long used = Math.max(0, total.getAsLong() - free.getAsLong() - held);
        String numbers =
                String.format(
                        Locale.ROOT,
                        "%s: used %s (%.1f%%), held %s, free %s",
                        TopText.frames(total.getAsLong()),
                        TopText.frames(used),
                        100.0 * used / Math.max(1, total.getAsLong()),
                        TopText.frames(held),
                        TopText.frames(free.getAsLong()));
        String label = "frames  ";
        int room = width - label.length() - numbers.length() - 1;
        String bar = TopText.bar(used, held, total.getAsLong(), room);
        return label + (bar.isEmpty() ? "" : bar + " ") + numbers;
    }

    private static String moves(TopRates rates) {
        return "moves   saved "
                + TopText.byteRate(rates.savedBytes())
                + "  loaded "
                + TopText.byteRate(rates.loadedBytes())
                + "  requests "
                + TopText.rate(rates.requests())
                + "  commits "
                + TopText.rate(rates.commits())
                + "  forces "
                + TopText.rate(rates.forces());
    }

    private static String open(TopFigures figures) {
        return "open    connections "
                + TopText.count(figures.count("connections.open"))
                + " of "
                + TopText.count(figures.count("limits.connectionsMax"))
                + "  saves "
                + TopText.count(figures.count("streams.saving"))
                + "  loads "
                + TopText.count(figures.count("streams.loading"))
                + "  nodes "
                + TopText.count(figures.count("nodes.ready"))
                + " ready, "
                + TopText.count(figures.count("nodes.quarantined"))
                + " quarantined";
    }

    private static String clock(long epochMillis) {
        return CLOCK.format(Instant.ofEpochMilli(epochMillis).atZone(ZoneId.systemDefault()));
    }
}
