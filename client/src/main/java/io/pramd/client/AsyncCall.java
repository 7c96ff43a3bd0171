package io.pramd.client;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * Thread-safe: a call that another thread carries out. When it is completed from outside, cancelled
 * or timed out say, that thread is interrupted, and the call ends: a save is discarded, a load
 * aborted.
 */
final class AsyncCall<T> extends CompletableFuture<T> implements Runnable {
    /** What is to be done, by who may ask whether it is still wanted. */
    interface Verb<T> {
        T carryOut(AsyncCall<T> call) throws Exception;
    }

    private final Verb<T> verb;
    private Thread runner; // guarded by this

    AsyncCall(Callable<T> verb) {
        this(call -> verb.call());
    }

    AsyncCall(Verb<T> verb) {
        this.verb = verb;
        whenComplete((answer, failure) -> interrupt());
    }

    @Override
    public void run() {
        synchronized (this) {
            if (isDone()) {
                return;
            }
            runner = Thread.currentThread();
        }
        T answer = null;
        Throwable failure = null;
        try {
            answer = verb.carryOut(this);
        } catch (Throwable e) {
            failure = e; // the future carries it, whatever it is
        }
        synchronized (this) {
            runner = null;
            if (isDone()) {
                Thread.interrupted(); // meant for the call that has ended
            }
        }
        if (failure == null) {
            complete(answer);
        } else {
            completeExceptionally(failure);
        }
    }

    /**
     * Before what cannot be taken back. The interrupt alone may go unnoticed: what is waited for
     * meanwhile may have swallowed it.
     */
    void requireWanted() {
        if (isDone()) {
            throw new CancellationException("nobody waits for the call any more");
        }
    }

    /** No thread will carry it out. */
    void refuse(RejectedExecutionException why) {
        completeExceptionally(
                new NotSentException(
                        why == null
                                ? "the client is closed"
                                : "no thread takes the call: " + why.getMessage(),
                        NotSentException.Reason.CLOSED,
                        why));
    }

    private synchronized void interrupt() {
        if (runner != null) {
            runner.interrupt();
        }
    }
}
