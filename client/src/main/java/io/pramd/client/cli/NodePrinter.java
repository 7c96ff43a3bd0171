package io.pramd.client.cli;

import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.StreamType;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Immutable: shows nodes, as text for people and as JSON for programs. */
final class NodePrinter {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final String ROW = "%-11s  %-5s  %10s  %-19s  %s%n";
    private static final String LONG_ROW = "%-11s  %-5s  %10s  %-19s  %-19s  %-16s  %s%n";

    private NodePrinter() {}

    /** One line a node. */
    static void table(PrintWriter out, List<NodeRecord> nodes) {
        if (nodes.isEmpty()) {
            return;
        }
        out.printf(ROW, "STATE", "TYPE", "SIZE", "CREATED", "NAME");
        for (NodeRecord node : nodes) {
            out.printf(ROW, state(node), type(node), size(node), created(node), nameOrPlace(node));
        }
    }

    /** The same with when it expires and whose it is. */
    static void longTable(PrintWriter out, List<NodeRecord> nodes) {
        if (nodes.isEmpty()) {
            return;
        }
        out.printf(LONG_ROW, "STATE", "TYPE", "SIZE", "CREATED", "EXPIRES", "OWNER", "NAME");
        for (NodeRecord node : nodes) {
            out.printf(
                    LONG_ROW,
                    state(node),
                    type(node),
                    size(node),
                    created(node),
                    local(node.expiryMillis()),
                    node.owner().isEmpty() ? "-" : Printable.of(node.owner()),
                    nameOrPlace(node));
        }
    }

    private static String nameOrPlace(NodeRecord node) {
        String name = Printable.of(node.name());
        return isQuarantined(node)
                ? name + " (pfn " + node.pfn() + ": " + Printable.of(node.reason()) + ")"
                : name;
    }

    private static String size(NodeRecord node) {
        return ByteSize.text(node.length());
    }

    /** One line a field. */
    static void fields(PrintWriter out, NodeRecord node) {
        out.println("name:      " + Printable.of(node.name()));
        out.println("state:     " + state(node));
        out.println("type:      " + type(node));
        out.println("length:    " + node.length() + " (" + ByteSize.text(node.length()) + ")");
        out.println("pages:     " + node.pages());
        out.println("sequence:  " + (hasSequence(node) ? node.sequence() : "-"));
        out.println("created:   " + created(node));
        if (node.expiryMillis() != 0) {
            out.println("expires:   " + local(node.expiryMillis()));
        }
        out.println("pfn:       " + node.pfn());
        out.println("save id:   " + (node.saveId().isNone() ? "-" : node.saveId()));
        if (!node.owner().isEmpty()) {
            out.println("owner:     " + Printable.of(node.owner()));
        }
        node.meta()
                .forEach(
                        (key, value) ->
                                out.println(
                                        "meta:      "
                                                + Printable.of(key)
                                                + "="
                                                + Printable.of(value)));
        if (isQuarantined(node)) {
            out.println("reason:    " + Printable.of(node.reason()));
        }
    }

    static void json(Json json, NodeRecord node) throws IOException {
        json.object();
        json.text("name", node.name());
        json.text("state", state(node));
        json.text("type", node.type() == StreamType.ANY ? null : type(node));
        json.number("length", node.length());
        json.number("pages", node.pages());
        if (hasSequence(node)) {
            json.number("sequence", node.sequence());
        } else {
            json.nothing("sequence");
        }
        json.text("created", utc(node.createdMillis()));
        json.text("expires", utc(node.expiryMillis()));
        json.number("pfn", node.pfn());
        json.text("saveId", node.saveId().isNone() ? null : node.saveId().toString());
        json.text("owner", node.owner().isEmpty() ? null : node.owner());
        json.object("meta");
        for (Map.Entry<String, String> pair : node.meta().entrySet()) {
            json.text(pair.getKey(), pair.getValue());
        }
        json.end();
        if (isQuarantined(node)) {
            json.text("reason", node.reason());
        }
        json.end();
    }

    private static boolean isQuarantined(NodeRecord node) {
        return node.state() == NodeState.QUARANTINED;
    }

    private static boolean hasSequence(NodeRecord node) {
        return node.sequence() != NodeRecord.SEQUENCE_UNKNOWN;
    }

    static String state(NodeRecord node) {
        return node.state().name().toLowerCase(Locale.ROOT);
    }

    static String type(NodeRecord node) {
        return node.type() == StreamType.ANY ? "-" : node.type().name().toLowerCase(Locale.ROOT);
    }

    private static String created(NodeRecord node) {
        return local(node.createdMillis());
    }

    private static String local(long epochMillis) {
        return epochMillis == 0
                ? "-"
                : TIME.format(Instant.ofEpochMilli(epochMillis).atZone(ZoneId.systemDefault()));
    }

    private static String utc(long epochMillis) {
        return epochMillis == 0 ? null : Instant.ofEpochMilli(epochMillis).toString();
    }
}
