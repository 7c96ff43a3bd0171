package io.pramd.client;

import java.util.List;

/**
 * Immutable: what the daemon found when it checked its memory file.
 *
 * @param clean nothing is wrong
 * @param problems in words; as many as fit a message
 */
public record CheckReport(boolean clean, List<String> problems) {
    public CheckReport {
        problems = List.copyOf(problems);
    }
}
