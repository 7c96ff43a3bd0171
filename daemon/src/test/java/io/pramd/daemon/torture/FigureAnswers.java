package io.pramd.daemon.torture;

import static io.pramd.daemon.torture.WrongAnswer.require;
import static io.pramd.daemon.torture.WrongAnswer.requireEqual;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** One owner. Looks at figures of one life of a daemon: metrics, info, history, clients. */
final class FigureAnswers {
    /** What counts the life of the daemon itself, as text. */
    private static final String COUNTER = ".*_(total|count|sum|bucket)";

    private final Map<String, Double> counters = new HashMap<>();
    private long lastSample;

    /** Counters may not fall, and the states of all frames must be all frames. */
    void metrics(String text) {
        double states = 0;
        double frames = 0;
        for (String line : text.split("\n")) {
            if (line.startsWith("#") || !line.startsWith("pramd_")) {
                continue;
            }
            int end = line.lastIndexOf(' ');
            String series = line.substring(0, end);
            double value = Double.parseDouble(line.substring(end + 1).replace("+Inf", "Infinity"));
            String name = series.replaceFirst("\\{.*", "");
            require(value >= 0, "negative: " + line);
            if (name.matches(COUNTER)) {
                Double before = counters.put(series, value);
                require(before == null || before <= value, "fell from " + before + ": " + line);
            }
            states += name.equals("pramd_frames") ? value : 0;
            frames += name.equals("pramd_memory_frames") ? value : 0;
        }
        require(frames > 0, "no pramd_memory_frames in " + text);
        // of the states nothing is said before all references are counted
        if (text.contains("\npramd_recovery_complete 1.0")) {
            requireEqual("sum of pramd_frames", frames, states);
        }
    }

    /** Free and held frames are frames of the file. */
    void info(JsonNode info) {
        requirePositive(info, "");
        long total = info.get("frames.total").asLong();
        long known = info.get("frames.free").asLong() + info.get("frames.held").asLong();
        require(known <= total, "more frames than there are: " + info);
        requireEqual("memory.bytes", total * 4096, info.get("memory.bytes").asLong());
    }

    /** Seconds come in their order, and are told anew to nobody who has them. */
    void history(JsonNode history) {
        requirePositive(history, "");
        requireEqual("stepMillis", 1000L, history.get("stepMillis").asLong());
        require(history.get("samples").size() <= 600, "more samples than are kept");
        long before = lastSample;
        for (JsonNode sample : history.get("samples")) {
            long t = sample.get("t").asLong();
            require(t > before, "samples out of order: before=" + before + " " + sample);
            before = t;
            require(
                    sample.get("p50Micros").asDouble() <= sample.get("p99Micros").asDouble(),
                    "quantiles out of order: " + sample);
        }
        lastSample = before;
    }

    long lastSample() {
        return lastSample;
    }

    /** Each connection is told once, and each of its streams. */
    void clients(JsonNode answer) {
        requirePositive(answer, "");
        Set<Long> numbers = new HashSet<>();
        for (JsonNode client : answer.get("clients")) {
            require(numbers.add(client.get("number").asLong()), "told twice: " + client);
            require(client.get("streams").size() <= 256, "too many streams: " + client);
            Set<Long> streams = new HashSet<>();
            for (JsonNode stream : client.get("streams")) {
                require(streams.add(stream.get("id").asLong()), "told twice: " + client);
                require(
                        Set.of("save", "load", "peek").contains(stream.get("kind").asText()),
                        "no kind of stream: " + stream);
            }
        }
        require(numbers.size() <= 1024, "too many clients: " + numbers.size());
    }

    /** No number in an answer is less than nothing. */
    static void requirePositive(JsonNode node, String where) {
        require(!node.isNumber() || node.asDouble() >= 0, "negative: " + where + "=" + node);
        node.properties().forEach(each -> requirePositive(each.getValue(), each.getKey()));
        if (node.isArray()) {
            node.forEach(each -> requirePositive(each, where));
        }
    }
}
