package io.pramd.daemon.torture;

import static io.pramd.daemon.torture.WrongAnswer.require;
import static io.pramd.daemon.torture.WrongAnswer.requireEqual;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Immutable. Looks at what is said of frames. */
final class MapAnswers {
    /** What the summary says of each, by the letter in a map. */
    static final Map<Character, String> STATES =
            Map.of(
                    '.',
                    "free",
                    'd',
                    "data",
                    'm',
                    "metadata",
                    'h',
                    "held",
                    'p',
                    "pinned",
                    's',
                    "saving",
                    'b',
                    "banned",
                    'q',
                    "quarantined");

    private static final Set<String> ROLES =
            Set.of(
                    "fixed",
                    "kept",
                    "directory",
                    "node",
                    "link",
                    "data",
                    "free",
                    "saving",
                    "held",
                    "quarantined");

    private MapAnswers() {}

    /** The states make all of the file, and the runs of free frames all that is free. */
    static void summary(JsonNode summary) {
        FigureAnswers.requirePositive(summary, "");
        long sum = STATES.values().stream().mapToLong(state -> summary.get(state).asLong()).sum();
        requireEqual("sum of the states", summary.get("frames").asLong(), sum);
        JsonNode runs = summary.get("fragmentation");
        long free = summary.get("free").asLong();
        long count = 0;
        long least = 0;
        for (JsonNode pair : runs.get("histogram")) {
            count += pair.get(1).asLong();
            least += pair.get(0).asLong() * pair.get(1).asLong();
        }
        requireEqual("sum of the histogram", runs.get("freeRuns").asLong(), count);
        require(least <= free, "runs of more than is free: " + summary);
        long largest = runs.get("largestFreeRun").asLong();
        require(largest <= free && largest * count >= free, "largest run: " + summary);
        require(runs.get("freeIn2MiB").asLong() <= free, "whole chunks: " + summary);
    }

    /**
     * As many cells as were asked for, each a letter.
     *
     * @param count frames that were asked for; 0: all
     */
    static void cells(JsonNode map, long count, boolean isByNode) {
        long left = map.get("frames").asLong() - map.get("from").asLong();
        long frames = count == 0 ? left : Math.min(count, left);
        long per = map.get("per").asLong();
        String cells = map.get("cells").asText();
        requireEqual("cells", Math.ceilDiv(frames, per), (long) cells.length());
        String letters = isByNode ? "[-A-Za-z0-9_.#]*" : "[.dmhpsbq]*";
        require(cells.matches(letters), "no such letters: " + cells.replaceAll(letters, ""));
        requireEqual("fill", per > 1, map.has("fill"));
        if (per > 1) {
            String fill = map.get("fill").asText();
            requireEqual("length of fill", cells.length(), fill.length());
            require(fill.matches("[0-9]*"), "no digits: " + fill);
            for (int i = 0; i < cells.length(); i++) {
                boolean isEmpty = cells.charAt(i) == '.';
                require(!isEmpty || fill.charAt(i) == '0', "an empty cell has frames: cell=" + i);
            }
        }
    }

    /** What is said of a frame must go together. */
    static void frame(JsonNode frame, long pfn) {
        FigureAnswers.requirePositive(frame, "");
        requireEqual("pfn", pfn, frame.get("pfn").asLong());
        String state = frame.get("state").asText();
        String role = frame.get("role").asText();
        require(STATES.containsValue(state), "no such state: " + frame);
        require(ROLES.contains(role), "no such role: " + frame);
        boolean isNobodys = List.of("free", "held", "banned").contains(state);
        require(!isNobodys || frame.get("node").isNull(), "of a node: " + frame);
        require(!state.equals("free") || role.equals("free"), "free and not: " + frame);
        require(frame.get("page").isNull() || role.equals("data"), "a page of no data: " + frame);
        require(frame.get("position").isNull() || role.equals("link"), "no link: " + frame);
    }
}
