package io.pramd.client;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Immutable: waits for answers, and turns what went wrong into the exception that says whether it
 * happened.
 */
final class Answers {
    private Answers() {}

    /**
     * Waits as long as there is progress.
     *
     * @param what for the exception's text
     * @param patience how long without progress
     */
    static <T> T await(
            Future<T> answer, Exchange exchange, Duration patience, Effect effect, String what) {
        exchange.progressed(); // the wait begins now
        while (true) {
            long leftNanos = exchange.progressNanos() + patience.toNanos() - System.nanoTime();
            if (leftNanos <= 0) {
                throw effect.noProgress(what, patience.toSeconds());
            }
            try {
                return answer.get(leftNanos, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                continue; // unless bytes have moved meanwhile
            } catch (ExecutionException e) {
                throw translate(e.getCause(), effect, what);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw effect.lost(what, new ConnectionLost("interrupted", e));
            }
        }
    }

    static PramException translate(Throwable failure, Effect effect, String what) {
        if (failure instanceof RejectedException e) {
            return e.fromHere();
        }
        if (failure instanceof OutcomeUnknownException e) {
            return new OutcomeUnknownException(e.getMessage(), e);
        }
        return effect.lost(what, failure);
    }
}
