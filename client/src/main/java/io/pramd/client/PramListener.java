package io.pramd.client;

import java.time.Duration;

/**
 * Thread-safe: told what a client goes through, for metrics and logs. All methods do nothing unless
 * overridden. They are called on the thread where it happened, which may be one that serves
 * connections: they must return at once. What they throw is logged and changes nothing.
 */
public interface PramListener {
    /** Hears nothing. */
    PramListener NONE = new PramListener() {};

    /** A connection is open and has shaken hands. */
    default void connected(PramUri daemon) {}

    /** A connection ended that the client had not closed itself. */
    default void lost(PramUri daemon, String reason) {}

    /**
     * The daemon has said that it is about to end. Streams that are open go on; calls that begin
     * wait for its successor, which {@link #connected} tells of. Told once, not of each connection.
     *
     * @param retryAfter when this client connects anew at the earliest
     */
    default void goingAway(PramUri daemon, Duration retryAfter) {}

    /**
     * A call is about to be tried again.
     *
     * @param verb of the call, as in {@link Ended#verb()}
     * @param name of the node; empty where there is none
     * @param attempt how many attempts have failed
     * @param reason of the last failure
     */
    default void retried(String verb, String name, int attempt, PramException reason) {}

    /** A call has ended, in whatever way. */
    default void ended(Ended call) {}

    /**
     * Immutable: how a call ended. A stream ends when it is finished, discarded or aborted.
     *
     * @param verb save, load, peek, list, stat, remove, remove all, outcome, info, check or ping
     * @param name of the node, or the prefix; empty where there is none
     * @param result of the call
     * @param bytes of stream that were moved
     * @param nanos from begin to end; of a stream since it was opened
     */
    record Ended(String verb, String name, Result result, long bytes, long nanos) {}

    /** Immutable: the ways a call can end. */
    enum Result {
        /** It happened. */
        DONE,
        /** The caller gave it up: discarded or aborted; a peek that was closed early. */
        GIVEN_UP,
        /** {@link RejectedException}: it did not happen. */
        REJECTED,
        /** {@link NotSentException}: it did not happen. */
        NOT_SENT,
        /** {@link OutcomeUnknownException}: it may have happened. */
        OUTCOME_UNKNOWN;

        static Result of(PramException failure) {
            if (failure instanceof RejectedException) {
                return REJECTED;
            }
            return failure instanceof NotSentException ? NOT_SENT : OUTCOME_UNKNOWN;
        }
    }
}
