package io.pramd.daemon.torture;

import com.fasterxml.jackson.databind.JsonNode;
import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.WayIn;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeRecord;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One owner. Compares what onlookers see of a daemon without work with what its clients are told.
 */
final class MapAtRest {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long BETWEEN_LOOKS_NANOS = 50_000_000;
    private static final int NODES_OF_AN_ANSWER = 500;

    private static final String NODE = "sequence=%d bytes=%d pages=%d pfn=%d state=%s owner=%s";

    private final AdminWay admin;
    private final PramClient client;

    private MapAtRest(AdminWay admin, PramClient client) {
        this.admin = admin;
        this.client = client;
    }

    /** Waits until both are the same: what is shown may be some seconds old. */
    static void compare(AdminWay admin, WayIn way, KillEvidence evidence)
            throws InterruptedException {
        long limit = System.nanoTime() + LIMIT_NANOS;
        try (PramClient client = KillPatience.connect(way, KillHand.IMPATIENT)) {
            MapAtRest map = new MapAtRest(admin, client);
            String difference = map.difference();
            while (!difference.isEmpty() && System.nanoTime() < limit) {
                LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
                difference = map.difference();
            }
            if (difference.isEmpty()) {
                evidence.add("mapsExact", 1);
            } else {
                evidence.fault("wrong", 1, "the map at rest: " + difference);
            }
        } catch (IOException e) {
            evidence.fault("wrong", 1, "the map at rest: " + e);
        }
    }

    /** What is not the same; empty when all is. */
    private String difference() throws IOException, InterruptedException {
        JsonNode summary = admin.json("frames/summary");
        Map<String, InfoValue> info = client.info();
        long total = count(info, "frames.total");
        long free = count(info, "frames.free");
        long held = count(info, "frames.held");
        long usable = FileLayout.usableFrames(total);
        Map<String, Long> expected = new TreeMap<>();
        expected.put("free", free);
        expected.put("held", held);
        expected.put("banned", total - usable);
        expected.put("used", usable - free - held);
        Map<String, Long> actual = new TreeMap<>();
        actual.put("free", summary.get("free").asLong());
        actual.put("held", summary.get("held").asLong());
        actual.put("banned", summary.get("banned").asLong());
        actual.put("used", summary.get("data").asLong() + summary.get("metadata").asLong());
        if (!expected.equals(actual)) {
            return "expected=" + expected + " actual=" + summary;
        }
        return cells(summary) + nodes();
    }

    /** Each frame is drawn as it is counted, and as a node's where it is one. */
    private String cells(JsonNode summary) throws IOException, InterruptedException {
        String cells = admin.json("frames").get("cells").asText();
        for (Map.Entry<Character, String> state : MapAnswers.STATES.entrySet()) {
            long drawn = cells.chars().filter(cell -> cell == state.getKey()).count();
            if (drawn != summary.get(state.getValue()).asLong()) {
                return "drawn as " + state + ": " + drawn + " " + summary;
            }
        }
        String nodes = admin.json("frames?by=node").get("cells").asText();
        for (int pfn = 0; pfn < cells.length(); pfn++) {
            char state = cells.charAt(pfn);
            char node = nodes.charAt(pfn);
            boolean isNodes = node != '.' && node != '#';
            boolean isRight =
                    switch (state) {
                        case '.' -> node == '.';
                        case 'd' -> isNodes;
                        case 'm' -> node != '.';
                        default -> node == '#';
                    };
            if (!isRight) {
                return "frame " + pfn + " is " + state + ", of node " + node;
            }
        }
        return "";
    }

    private String nodes() throws IOException, InterruptedException {
        Map<String, String> shown = new HashMap<>();
        long total = 1;
        for (long offset = 0; offset < total; offset += NODES_OF_AN_ANSWER) {
            JsonNode part = admin.json("nodes?limit=" + NODES_OF_AN_ANSWER + "&offset=" + offset);
            total = part.get("total").asLong();
            for (JsonNode node : part.get("nodes")) {
                shown.put(
                        node.get("name").asText(),
                        NODE.formatted(
                                node.get("sequence").asLong(),
                                node.get("bytes").asLong(),
                                node.get("pages").asLong(),
                                node.get("pfn").asLong(),
                                node.get("state").asText(),
                                node.get("owner").asText()));
            }
        }
        Map<String, String> listed = new HashMap<>();
        for (NodeRecord node : client.list("")) {
            listed.put(node.name(), text(node));
        }
        if (shown.equals(listed)) {
            return "";
        }
        Map<String, String> onlyShown = new TreeMap<>(shown);
        onlyShown.entrySet().removeAll(listed.entrySet());
        listed.entrySet().removeAll(shown.entrySet());
        return "only shown: " + onlyShown + " only listed: " + listed;
    }

    private static String text(NodeRecord node) {
        return NODE.formatted(
                node.sequence(),
                node.length(),
                node.pages(),
                node.pfn(),
                node.state().name().toLowerCase(Locale.ROOT),
                node.owner());
    }

    private static long count(Map<String, InfoValue> info, String key) {
        return ((InfoValue.Count) info.get(key)).value();
    }
}
