package io.pramd.daemon.recovery;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Thread-safe. What an opening found and did, a sentence a line, for the log, for info and for the
 * wire. It is clean unless something was lost, mended, quarantined or given up.
 */
public final class RecoveryReport {
    private static final int LOGGED_MAX = 200;

    private final List<String> lines = new ArrayList<>();
    private final List<String> logged = new ArrayList<>();
    private int quarantined;
    private boolean isClean = true;

    /** What every start may say. */
    public synchronized void add(String line) {
        lines.add(line);
        logged.add(line);
    }

    /** What an operator has to know of. */
    public synchronized void warn(String line) {
        isClean = false;
        add(line);
    }

    /** A node is quarantined, which the log has told of already. */
    synchronized void quarantined(String found) {
        isClean = false;
        quarantined++;
        lines.add("quarantined: " + found);
    }

    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** Whether all was there, whole, and as new as it was left. */
    public synchronized boolean isClean() {
        return isClean;
    }

    /**
     * Tells the operator, as a block of lines of one level: WARN with what to do, or INFO when it
     * is clean. Once, at the end of the recovery.
     */
    public synchronized void logTo(Logger log) {
        Level level = isClean ? Level.INFO : Level.WARN;
        logged.stream()
                .limit(LOGGED_MAX)
                .forEach(line -> log.atLevel(level).log("recovery: {}", line));
        if (logged.size() > LOGGED_MAX) {
            log.atLevel(level)
                    .log("recovery: and more, see pram info: lines={}", logged.size() - LOGGED_MAX);
        }
        if (quarantined > 0) {
            log.atLevel(level)
                    .log("recovery: nodes are quarantined, a line for each: nodes={}", quarantined);
        }
        if (!isClean) {
            log.atLevel(level)
                    .log(
                            "recovery: not all was as it should be; what each line means and what"
                                    + " to do: \"When a start has something to say\" in"
                                    + " docs/operations.md");
        }
    }
}
