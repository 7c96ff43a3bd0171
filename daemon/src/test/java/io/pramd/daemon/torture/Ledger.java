package io.pramd.daemon.torture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One owner. What the rounds of a run have found so far: a file with one line of JSON for the run
 * and one for each round that has ended. A line that a kill cut short counts as a round not run.
 */
final class Ledger {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record RunLine(String run, long seed) {}

    private record RoundLine(long round, long millis, Map<String, Long> figures) {}

    private final Path file;
    private final String kind;
    private final long seed;
    private final Map<String, Long> figures = new LinkedHashMap<>();
    private long rounds;
    private long millis;

    private Ledger(Path file, String kind, long seed) {
        this.file = file;
        this.kind = kind;
        this.seed = seed;
    }

    /**
     * The ledger in a file, begun if there is none.
     *
     * @param seedGiven whether a run with another seed is an error, and not the run to go on with
     */
    static Ledger open(Path file, String kind, long seed, boolean seedGiven) throws IOException {
        if (!Files.exists(file)) {
            Ledger ledger = new Ledger(file, kind, seed);
            ledger.append(new RunLine(kind, seed));
            return ledger;
        }
        List<String> lines = Files.readAllLines(file);
        JsonNode run = JSON.readTree(lines.getFirst());
        long seedBefore = run.path("seed").asLong();
        if (seedGiven && seedBefore != seed) {
            throw new IOException(
                    file
                            + " is of the run with seed "
                            + seedBefore
                            + ": remove it, or leave --seed out to go on with that run");
        }
        Ledger ledger = new Ledger(file, kind, seedBefore);
        StringBuilder whole = new StringBuilder(lines.getFirst()).append('\n');
        for (String line : lines.subList(1, lines.size())) {
            if (ledger.read(line)) {
                whole.append(line).append('\n');
            }
        }
        Files.writeString(file, whole);
        return ledger;
    }

    private boolean read(String line) {
        try {
            JsonNode round = JSON.readTree(line);
            Map<String, Long> found = new LinkedHashMap<>();
            round.path("figures")
                    .propertyStream()
                    .forEach(field -> found.put(field.getKey(), field.getValue().asLong()));
            count(round.path("millis").asLong(), found);
            return true;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private void count(long roundMillis, Map<String, Long> found) {
        rounds++;
        millis += roundMillis;
        found.forEach((name, value) -> figures.merge(name, value, Long::sum));
    }

    /** Notes a round that has ended. */
    void add(Duration took, Map<String, Long> found) throws IOException {
        append(new RoundLine(rounds, took.toMillis(), found));
        count(took.toMillis(), found);
    }

    private void append(Record line) throws IOException {
        Files.writeString(
                file,
                JSON.writeValueAsString(line) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    String kind() {
        return kind;
    }

    long seed() {
        return seed;
    }

    long rounds() {
        return rounds;
    }

    Duration spent() {
        return Duration.ofMillis(millis);
    }

    /** The sums over all rounds, in the order in which the first one named them. */
    Map<String, Long> figures() {
        return figures;
    }
}
