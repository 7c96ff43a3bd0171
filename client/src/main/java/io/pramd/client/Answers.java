package io.pramd.client;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Immutable: waits for answers, and turns what went wrong into the exception that says whether it
 * happened.
 */
final class Answers {
    /** Waits so many nanoseconds; null when nothing has come. */
    interface Waiting<T> {
        T await(long nanos) throws InterruptedException;
    }

    private Answers() {}

    /** Waits as long as there is progress and the deadline allows. */
    static <T> T await(Future<T> answer, Exchange exchange, Call call, Effect effect) {
        exchange.progressed(); // the wait begins now
        return awaitProgress(
                exchange,
                call,
                effect,
                nanos -> {
                    try {
                        return answer.get(nanos, TimeUnit.NANOSECONDS);
                    } catch (TimeoutException e) {
                        return null; // unless bytes have moved meanwhile
                    } catch (ExecutionException e) {
                        throw translate(e.getCause(), effect, call);
                    }
                });
    }

    /** Waits for something that comes with the exchange's progress. */
    static <T> T awaitProgress(Exchange exchange, Call call, Effect effect, Waiting<T> waiting) {
        while (true) {
            long leftNanos = call.leftNanos(exchange);
            if (leftNanos <= 0) {
                throw call.expired(effect);
            }
            try {
                T come = waiting.await(leftNanos);
                if (come != null) {
                    return come;
                }
            } catch (InterruptedException e) {
                throw effect.interrupted(call, e);
            }
        }
    }

    static PramException translate(Throwable failure, Effect effect, Call call) {
        if (failure instanceof RejectedException e) {
            return e.fromHere();
        }
        if (failure instanceof OutcomeUnknownException e) {
            return new OutcomeUnknownException(e.errno(), e.getMessage(), e);
        }
        return effect.lost(call, failure);
    }
}
