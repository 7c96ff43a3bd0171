package io.pramd.daemon.recovery;

import java.util.ArrayList;
import java.util.List;

/**
 * Thread-safe. What an opening found and did, a sentence a line, for the log, for info and for the
 * wire.
 */
public final class RecoveryReport {
    private final List<String> lines = new ArrayList<>();

    public synchronized void add(String line) {
        lines.add(line);
    }

    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
