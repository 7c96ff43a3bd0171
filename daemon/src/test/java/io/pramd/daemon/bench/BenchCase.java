package io.pramd.daemon.bench;

import java.util.List;

/** Immutable. One thing to measure. */
interface BenchCase {
    /** The size of the memory file that it needs. */
    long memoryMebibytes();

    Measured run(Stage stage) throws Exception;

    /** Immutable. What came of it: one of the two is empty. */
    record Measured(List<Series> series, List<Restart> restarts) {}
}
