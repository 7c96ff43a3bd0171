package io.pramd.daemon.server;

/** Thread-safe: hears what was answered, and how long that took. It returns at once. */
public interface RequestMeter {
    /** Result of what went well. */
    String OK = "ok";

    /** Result of a stream that its client has taken back. */
    String ABORTED = "aborted";

    /** Result of a stream whose connection ended first. */
    String LOST = "lost";

    /** Hears nothing; for it no clock is read. */
    RequestMeter NONE = (verb, result, nanos) -> {};

    /**
     * Called on event loops.
     *
     * @param verb save, load, peek and salvage are whole streams, from their opening to their end,
     *     which is the client's to choose; the others are single requests: finish-save,
     *     finish-load, read (until its first pages are sent), stat, list, remove, remove-all,
     *     outcome, info, check, grow, ping, hello
     * @param result {@link #OK}, {@link #ABORTED}, {@link #LOST} or the name of an errno
     */
    void answered(String verb, String result, long nanos);
}
