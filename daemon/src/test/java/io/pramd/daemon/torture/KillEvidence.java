package io.pramd.daemon.torture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Thread-safe. What was found in one round, and a copy of everything where something was. */
final class KillEvidence {
    /** What all daemons of a run say, one after the other. */
    static final String LOG = "daemon.log";

    /** Some lives, where nothing is wrong. */
    private static final int LOG_LINES = 60;

    private static final List<String> FIGURES =
            List.of("kills", "acknowledged", "verified", "lost", "wrong", "leaked");

    private static final List<String> GUARDED =
            List.of(
                    "kills",
                    "acknowledged",
                    "verified",
                    "expired",
                    "askedLate",
                    "edquot",
                    "overdue",
                    "trespasses",
                    "renewed",
                    "usageExact",
                    "lost",
                    "wrong",
                    "leaked");

    private static final List<String> WATCHED = List.of("answersSeen", "mapsExact");

    private final Map<String, Long> figures = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** In a run whose daemon is guarded or watched there is more to count. */
    KillEvidence(boolean isGuarded, boolean isWatched) {
        if (isWatched) {
            WATCHED.forEach(figure -> figures.put(figure, 0L));
        }
        (isGuarded ? GUARDED : FIGURES).forEach(figure -> figures.put(figure, 0L));
    }

    synchronized void add(String figure, long count) {
        figures.merge(figure, count, Long::sum);
    }

    synchronized void fault(String figure, long count, String text) {
        add(figure, count);
        faults.add(figure + ": " + text);
    }

    /** What is no fault, and may help to understand one. */
    synchronized void note(String text) {
        notes.add(text);
    }

    synchronized boolean hasFaults() {
        return !faults.isEmpty();
    }

    /** For people who have nothing else: the first fault, and what the daemon said last. */
    synchronized String text(Path folder) throws IOException {
        List<String> lines = new ArrayList<>(List.of(faults.getFirst(), LOG + " ends with"));
        List<String> log = logLines(folder.resolve(LOG));
        lines.addAll(log.subList(Math.max(0, log.size() - LOG_LINES), log.size()));
        return String.join(System.lineSeparator(), lines);
    }

    private static List<String> logLines(Path log) throws IOException {
        if (!Files.exists(log)) {
            return List.of("nothing: no daemon was started");
        }
        // a kill may have cut a character
        return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
    }

    synchronized Map<String, Long> figures() {
        return new LinkedHashMap<>(figures);
    }

    /** Copies the memory file, the journals and the logs into a folder beside them. */
    synchronized Path keep(Path folder, long seed) throws IOException {
        Path evidence = Files.createDirectories(folder.resolve("evidence-" + seed));
        Files.write(evidence.resolve("faults.txt"), faults);
        Files.write(evidence.resolve("notes.txt"), notes);
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(
                        file,
                        evidence.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return evidence;
    }
}
