package io.pramd.daemon.torture;

import static io.pramd.daemon.torture.WrongAnswer.require;
import static io.pramd.daemon.torture.WrongAnswer.requireEqual;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Immutable. Looks at lists of nodes, and at single ones. */
final class NodeAnswers {
    private static final Set<String> STATES = Set.of("ready", "saving", "loading", "quarantined");
    private static final int EXTENTS_MAX = 1000;
    private static final int LINKS_MAX = 256;

    /** How nodes compare when they are sorted by a figure; equal ones by their sequence. */
    static final Map<String, Comparator<JsonNode>> SORTS =
            Map.of(
                    "sequence", by("sequence"),
                    "name", NodeAnswers::compareNames,
                    "bytes", by("bytes"),
                    "frames", by("frames"),
                    "created", by("createdMillis"),
                    "expiry",
                            (one, other) ->
                                    Long.compareUnsigned(
                                            one.get("expiryMillis").asLong() - 1,
                                            other.get("expiryMillis").asLong() - 1));

    private NodeAnswers() {}

    private static Comparator<JsonNode> by(String figure) {
        return Comparator.comparingLong(node -> node.get(figure).asLong());
    }

    private static int compareNames(JsonNode one, JsonNode other) {
        return Arrays.compareUnsigned(
                one.get("name").asText().getBytes(StandardCharsets.UTF_8),
                other.get("name").asText().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * What was asked for, and not more.
     *
     * @param offset nodes in front of the answer
     * @param part of each name; empty: any
     */
    record Asked(String sort, boolean isDescending, long offset, int limit, String part) {
        String path() {
            return "nodes?sort="
                    + sort
                    + (isDescending ? "&order=desc" : "")
                    + "&offset="
                    + offset
                    + "&limit="
                    + limit
                    + (part.isEmpty() ? "" : "&contains=" + part);
        }
    }

    /** Counts fit each other, nobody comes twice, and the order is the one asked for. */
    static void list(JsonNode answer, Asked asked) {
        FigureAnswers.requirePositive(answer, "");
        long total = answer.get("total").asLong();
        long matching = answer.get("matching").asLong();
        require(matching <= total, "matching=" + matching + " total=" + total);
        require(!asked.part().isEmpty() || matching == total, "all are wanted: " + matching);
        JsonNode nodes = answer.get("nodes");
        long most = Math.min(asked.limit(), Math.max(0, matching - asked.offset()));
        require(nodes.size() <= most, "nodes=" + nodes.size() + " most=" + most);
        Comparator<JsonNode> order = SORTS.get(asked.sort());
        order = order.thenComparing(by("sequence"));
        order = asked.isDescending() ? order.reversed() : order;
        Set<Long> sequences = new HashSet<>();
        JsonNode before = null;
        for (JsonNode node : nodes) {
            row(node);
            String name = node.get("name").asText();
            require(name.contains(asked.part()), "not wanted: " + node);
            require(sequences.add(node.get("sequence").asLong()), "comes twice: " + node);
            // open saves come first, in an order of their own
            boolean isInOrder = before == null || order.compare(before, node) < 0;
            require(isInOrder || isSaving(before), "order: " + before + " " + node);
            before = node;
        }
    }

    private static boolean isSaving(JsonNode node) {
        return node.get("state").asText().equals("saving");
    }

    private static void row(JsonNode node) {
        require(STATES.contains(node.get("state").asText()), "no such state: " + node);
        require(node.get("sequence").asLong() > 0, "no sequence: " + node);
        if (!isSaving(node)) {
            long pages = node.get("pages").asLong();
            require(node.get("bytes").asLong() <= pages * 4096, "more bytes than pages: " + node);
            require(node.get("frames").asLong() >= 1, "no frames: " + node);
            require(node.get("pfn").asLong() > 0, "no page: " + node);
        }
    }

    /** All that a node shows of itself goes together. */
    static void node(JsonNode node, long firstPage, int pages) {
        FigureAnswers.requirePositive(node, "");
        row(node);
        if (isSaving(node) || !node.get("whole").asBoolean()) {
            return;
        }
        long links = node.get("links").asLong();
        requireEqual("links", Math.min(links, LINKS_MAX), (long) node.get("linkPfns").size());
        long runs = node.get("extentsTotal").asLong();
        requireEqual("extents", Math.min(runs, EXTENTS_MAX), (long) node.get("extents").size());
        long data = 0;
        for (JsonNode extent : node.get("extents")) {
            data += extent.get(1).asLong();
        }
        long frames = node.get("frames").asLong();
        require(1 + links + data <= frames, "more frames than it has: " + node);
        require(runs > EXTENTS_MAX || 1 + links + data == frames, "fewer frames: " + node);
        long before = firstPage - 1;
        for (JsonNode page : node.get("pageList")) {
            long index = page.get("page").asLong();
            require(index > before && index < firstPage + pages, "pages out of order: " + node);
            before = index;
        }
    }
}
