package io.pramd.daemon.storm;

import io.pramd.client.NotSentException;
import io.pramd.client.OutcomeUnknownException;
import io.pramd.client.PramException;
import io.pramd.client.PramListener;
import io.pramd.client.PramUri;
import io.pramd.client.RejectedException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Thread-safe: remembers how the last call of each name has ended, and counts. */
final class StormListener implements PramListener {
    final AtomicInteger connected = new AtomicInteger();
    final AtomicInteger lost = new AtomicInteger();
    final AtomicInteger retried = new AtomicInteger();
    private final Map<String, Ended> ended = new ConcurrentHashMap<>();
    private final Set<String> retriedNames = ConcurrentHashMap.newKeySet();

    @Override
    public void connected(PramUri daemon) {
        connected.incrementAndGet();
    }

    @Override
    public void lost(PramUri daemon, String reason) {
        lost.incrementAndGet();
    }

    @Override
    public void retried(String verb, String name, int attempt, PramException reason) {
        retried.incrementAndGet();
        retriedNames.add(name);
    }

    @Override
    public void ended(Ended call) {
        ended.put(call.name(), call);
    }

    void forget(String name) {
        ended.remove(name);
        retriedNames.remove(name);
    }

    /** Whether a call had more than one attempt since it was forgotten. */
    boolean wasRetried(String name) {
        return retriedNames.contains(name);
    }

    /** Null: none has ended since it was forgotten. */
    Ended lastOf(String name) {
        return ended.get(name);
    }

    static Result resultOf(PramException failure) {
        return switch (failure) {
            case RejectedException e -> Result.REJECTED;
            case NotSentException e -> Result.NOT_SENT;
            case OutcomeUnknownException e -> Result.OUTCOME_UNKNOWN;
        };
    }
}
