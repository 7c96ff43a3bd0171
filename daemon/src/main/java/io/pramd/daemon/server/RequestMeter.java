package io.pramd.daemon.server;

import java.util.List;
import java.util.Set;

/** Thread-safe: hears what was answered, and how long that took. It returns at once. */
public interface RequestMeter {
    /** Result of what went well. */
    String OK = "ok";

    /** Result of a stream that its client has taken back. */
    String ABORTED = "aborted";

    /** Result of a stream whose connection ended first. */
    String LOST = "lost";

    /** All verbs. */
    List<String> VERBS =
            List.of(
                    "save",
                    "load",
                    "peek",
                    "salvage",
                    "backup",
                    "finish-save",
                    "finish-load",
                    "read",
                    "stat",
                    "list",
                    "remove",
                    "remove-all",
                    "outcome",
                    "info",
                    "check",
                    "grow",
                    "ping",
                    "hello");

    /** Those of whole streams, from their opening to their end, which is the client's to choose. */
    Set<String> STREAM_VERBS = Set.of("save", "load", "peek", "salvage", "backup");

    /** Hears nothing; for it no clock is read. */
    RequestMeter NONE = (verb, result, nanos) -> {};

    /**
     * Called on event loops.
     *
     * @param verb of {@link #VERBS}
     * @param nanos of a read until its first pages are sent, else until the answer
     * @param result {@link #OK}, {@link #ABORTED}, {@link #LOST} or the name of an errno
     */
    void answered(String verb, String result, long nanos);
}
