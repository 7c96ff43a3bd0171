package io.pramd.client;

import java.time.Duration;
import java.util.Optional;

/**
 * Immutable: how a checkpoint of a {@link WarmState} ended.
 *
 * @param result of it
 * @param sequence of the node that was saved, or of the later incarnation's; 0 of a failed one
 * @param bytes that were saved
 * @param took from its beginning to its end
 * @param failure why it is not saved: a {@link PramException}, what the writer threw, or one that
 *     tells of the later incarnation
 */
public record WarmCheckpoint(
        Result result, long sequence, long bytes, Duration took, Optional<Throwable> failure) {

    /** Immutable: the ways it can end. */
    public enum Result {
        /** The state is saved. */
        SAVED,
        /** Left out: a later incarnation has saved its state, which stays. */
        SUPERSEDED,
        /**
         * Not saved, or not known to be; what was there before stays, or this came in its place.
         */
        FAILED
    }

    /** Whether the state is saved. */
    public boolean isSaved() {
        return result == Result.SAVED;
    }

    /**
     * Immutable: checkpoints so far, by their results.
     *
     * @param saved states
     * @param superseded and so left out
     * @param failed in whatever way
     */
    public record Counts(long saved, long superseded, long failed) {}
}
