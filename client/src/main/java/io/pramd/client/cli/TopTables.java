package io.pramd.client.cli;

import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Immutable: the streams and the nodes of {@code pram top}, as many as fit. */
final class TopTables {
    private static final int PRINCIPAL_COLUMNS = 14;
    private static final List<TopColumn> STREAMS =
            List.of(
                    new TopColumn("KIND", -4, 0),
                    new TopColumn("PAGES", 19, 80),
                    new TopColumn("DONE", 4, 0),
                    new TopColumn("RATE", 12, 50),
                    new TopColumn("AGE", 7, 60),
                    new TopColumn("CONN", 6, 90),
                    new TopColumn("PRINCIPAL", -PRINCIPAL_COLUMNS, 100),
                    new TopColumn("NODE", 0, 0));
    private static final List<TopColumn> NODES =
            List.of(
                    new TopColumn("STATE", -11, 0),
                    new TopColumn("TYPE", -4, 60),
                    new TopColumn("SIZE", 10, 0),
                    new TopColumn("AGE", 7, 50),
                    new TopColumn("OWNER", -PRINCIPAL_COLUMNS, 80),
                    new TopColumn("NODE", 0, 0));

    /** A table's heading, its last line that counts what is left out, the gap behind it. */
    private static final int AROUND_TABLE = 3;

    private static final int STREAMS_MIN = 3;

    private TopTables() {}

    /**
     * @param room lines there are
     */
    static List<TopLine> lines(TopSample sample, TopLook look, int room) {
        List<TopLine> lines = new ArrayList<>();
        addStreams(
                lines,
                sample.figures(),
                look.width(),
                Math.max(STREAMS_MIN, room / 2 - AROUND_TABLE));
        lines.add(TopLine.plain(""));
        addNodes(lines, sample, look, room - lines.size() - AROUND_TABLE + 1);
        return lines;
    }

    private static void addStreams(
            List<TopLine> lines, TopFigures figures, int width, int rowsMax) {
        lines.add(TopLine.heading(TopColumn.heading(STREAMS, width)));
        if (!figures.hasStreams()) {
            lines.add(
                    TopLine.plain(
                            figures.areOwn()
                                    ? "(only administrators see who saves and loads)"
                                    : "(this daemon does not say who saves and loads)"));
            return;
        }
        List<OpenStream> streams = figures.streams();
        if (streams.isEmpty()) {
            lines.add(TopLine.plain("(nobody saves or loads)"));
        }
        streams.stream()
                .sorted(Comparator.comparingLong(OpenStream::openMillis).reversed())
                .limit(rowsMax)
                .forEach(stream -> lines.add(TopLine.plain(stream(stream, width))));
        if (streams.size() > rowsMax) {
            lines.add(TopLine.plain("... and " + (streams.size() - rowsMax) + " more"));
        }
    }

    private static String stream(OpenStream stream, int width) {
        boolean isTotalKnown = stream.pagesTotal() > 0;
        long percent = isTotalKnown ? Math.min(100, 100 * stream.pages() / stream.pagesTotal()) : 0;
        return TopColumn.row(
                STREAMS,
                width,
                stream.kind(),
                stream.pages() + (isTotalKnown ? "/" + stream.pagesTotal() : ""),
                isTotalKnown ? percent + "%" : "-",
                TopText.byteRate(stream.bytesPerSecond()),
                TopText.age(stream.openMillis()),
                stream.connection(),
                cut(stream.principal()),
                Printable.of(stream.name()));
    }

    private static void addNodes(List<TopLine> lines, TopSample sample, TopLook look, int rowsMax) {
        lines.add(
                TopLine.heading(TopColumn.heading(NODES, look.width()) + " (" + look.sort() + ")"));
        if (!sample.nodesNote().isEmpty()) {
            lines.add(TopLine.plain("(" + sample.nodesNote() + ")"));
            return;
        }
        List<NodeRecord> nodes = first(sample.nodes(), look, rowsMax);
        nodes.forEach(
                node -> lines.add(TopLine.plain(node(node, sample.epochMillis(), look.width()))));
        int hidden = sample.nodes().size() - nodes.size();
        if (sample.nodes().isEmpty()) {
            lines.add(TopLine.plain("(no nodes)"));
        } else if (hidden > 0) {
            lines.add(TopLine.plain("... and " + hidden + " more"));
        }
    }

    /** In the order that is asked for, as many as fit. */
    static List<NodeRecord> first(List<NodeRecord> nodes, TopLook look, int rowsMax) {
        return nodes.stream()
                .sorted(look.sort().order())
                .limit(Math.max(1, Math.min(look.nodesMax(), rowsMax)))
                .collect(Collectors.toUnmodifiableList());
    }

    private static String node(NodeRecord node, long nowMillis, int width) {
        boolean isQuarantined = node.state() == NodeState.QUARANTINED;
        return TopColumn.row(
                NODES,
                width,
                NodePrinter.state(node),
                NodePrinter.type(node),
                ByteSize.text(node.length()),
                node.createdMillis() == 0 ? "-" : TopText.age(nowMillis - node.createdMillis()),
                node.owner().isEmpty() ? "-" : cut(node.owner()),
                Printable.of(node.name())
                        + (isQuarantined ? " (" + Printable.of(node.reason()) + ")" : ""));
    }

    /** So that what stands behind it keeps its place. */
    private static String cut(String principal) {
        String text = Printable.of(principal);
        return text.codePointCount(0, text.length()) <= PRINCIPAL_COLUMNS
                ? text
                : text.substring(0, text.offsetByCodePoints(0, PRINCIPAL_COLUMNS - 2)) + "..";
    }
}
