package io.pramd.client;

import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thread-safe: tells the user's listener, and lives through what it throws. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(PramListener.class);

    private final PramUri daemon;
    private final PramListener listener;

    Listeners(PramUri daemon, PramListener listener) {
        this.daemon = daemon;
        this.listener = listener;
    }

    void connected() {
        tell(() -> listener.connected(daemon));
    }

    void lost(String reason) {
        LOG.debug("connection to {} lost: {}", daemon, reason);
        tell(() -> listener.lost(daemon, reason));
    }

    void goingAway(Duration retryAfter) {
        LOG.debug("{} is going away, retryAfterMillis={}", daemon, retryAfter.toMillis());
        tell(() -> listener.goingAway(daemon, retryAfter));
    }

    void retried(Call call, int attempt, PramException reason) {
        LOG.debug("trying again, attempt={}: {}: {}", attempt + 1, call, reason.getMessage());
        tell(() -> listener.retried(call.verb(), call.name(), attempt, reason));
    }

    void ended(Call call, PramListener.Result result, long bytes, long beginNanos) {
        tell(
                () ->
                        listener.ended(
                                new PramListener.Ended(
                                        call.verb(),
                                        call.name(),
                                        result,
                                        bytes,
                                        System.nanoTime() - beginNanos)));
    }

    /** Carries a call without a stream out, and tells how it ended. */
    <T> T told(Call call, Supplier<T> verb) {
        long beginNanos = System.nanoTime();
        try {
            T answer = verb.get();
            ended(call, PramListener.Result.DONE, 0, beginNanos);
            return answer;
        } catch (PramException e) {
            ended(call, PramListener.Result.of(e), 0, beginNanos);
            throw e;
        }
    }

    private static void tell(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException | Error e) { // one of a library of another version, most likely
            LOG.warn("a listener failed: {}", e.getMessage(), e);
        }
    }
}
