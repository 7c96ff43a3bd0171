package io.pramd.client;

import io.pramd.protocol.AskOutcome;
import io.pramd.protocol.Errno;
import io.pramd.protocol.OutcomeIs;
import io.pramd.protocol.SaveId;
import java.time.Duration;

/** One owner: finds out what became of a save whose answer was lost. */
final class Settlement {
    private static final long PAUSE_MILLIS = 100;

    private final Connections connections;
    private final long deadlineNanos;

    Settlement(Connections connections) {
        this.connections = connections;
        this.deadlineNanos = System.nanoTime() + connections.config().noProgress().toNanos();
    }

    /**
     * Asks until there is an answer or the client's patience ends.
     *
     * @param sequence that the daemon gave the save when it was opened
     * @return the node's sequence: it was saved
     */
    long settle(String what, SaveId saveId, long sequence, OutcomeUnknownException lost) {
        while (!saveId.isNone() && System.nanoTime() < deadlineNanos) {
            try {
                OutcomeIs answer = ask(saveId);
                return switch (answer.outcome()) {
                    case DONE -> answer.sequence();
                    case GONE -> sequence;
                    case NOT_DONE ->
                            throw new NotSentException(
                                    what + ": not done, and it never will be: save it again",
                                    false,
                                    lost);
                    case UNKNOWN -> throw lost;
                };
            } catch (RejectedException e) {
                if (e.errno() != Errno.EAGAIN) {
                    lost.addSuppressed(e);
                    throw lost;
                }
                pause(Math.max(PAUSE_MILLIS, e.retryAfterMillis()), lost);
            } catch (NotSentException e) {
                if (e.getCause() == lost) {
                    throw e;
                }
                pause(PAUSE_MILLIS, lost);
            }
        }
        throw lost;
    }

    private OutcomeIs ask(SaveId saveId) {
        Duration patience = Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime()));
        return (OutcomeIs)
                connections.request(new AskOutcome(saveId), patience, Effect.NONE, "outcome");
    }

    private static void pause(long millis, OutcomeUnknownException lost) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw lost;
        }
    }
}
