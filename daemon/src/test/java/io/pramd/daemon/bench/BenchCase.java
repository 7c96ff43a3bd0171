package io.pramd.daemon.bench;

import java.util.List;

/** Immutable. One thing to measure. */
interface BenchCase {
    /** The size of the memory file that it needs. */
    long memoryMebibytes();

    Measured run(Stage stage) throws Exception;

    /**
     * Immutable. What came of it.
     *
     * @param title of the table
     * @param notes what a reader of the table has to know, such as what was left out
     */
    record Measured(String title, List<Series> series, List<String> notes) {}
}
