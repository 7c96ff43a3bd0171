package io.pramd.client;

import io.pramd.protocol.Errno;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One owner: repeats a call that is safe to repeat while the daemon is away or asks to come later,
 * with growing pauses, until the call's deadline or else as long as the configuration says.
 */
final class Repeater {
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long PAUSE_MILLIS_MAX = 500;

    /** A daemon is back within a second or so: until then nobody should wait much longer for it. */
    private static final long EARLY_PAUSE_MILLIS_MAX = 40;

    private static final long EARLY_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** The last attempt begins so long before the time is up. */
    private static final long LAST_ATTEMPT_MILLIS = 20;

    private final Call call;
    private final Listeners listeners;
    private final Departure departure;
    private final Duration retryFor;
    private Deadline giveUp;
    private boolean isConfigured; // that is: the call has no deadline of its own
    private Deadline farewell; // when to give up where the daemon has gone away; null: it has not
    private long pausingSinceNanos;
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private int attempt = 1;
    private NotSentException lost; // null: no attempt was, while it was under way

    /**
     * Gives up at the call's deadline, or else when the configured time has passed since the first
     * failure: before it the daemon was not away. See {@link Departure#patience} and {@link #until}
     * for a daemon that has said that it is going away.
     */
    Repeater(Connections connections, Call call) {
        this(connections, call, call.deadline().isNever() ? null : call.deadline());
    }

    Repeater(Connections connections, Call call, Deadline giveUp) {
        this(
                connections.listeners(),
                connections.departure(),
                call,
                giveUp,
                connections.config().retryFor());
    }

    /**
     * @param giveUp when to give up; null: when {@code retryFor} has passed since the first failure
     */
    Repeater(
            Listeners listeners,
            Departure departure,
            Call call,
            Deadline giveUp,
            Duration retryFor) {
        this.departure = departure;
        this.call = call;
        this.listeners = listeners;
        this.retryFor = retryFor;
        this.giveUp = giveUp;
    }

    /** Carries out until it succeeds, fails for good, or the time is up. */
    <T> T repeat(Supplier<T> once) {
        while (true) {
            try {
                return once.get();
            } catch (PramException e) {
                pauseOrThrow(e);
            }
        }
    }

    /** Returns when the call should be tried again; throws {@code failed} when it should not. */
    void pauseOrThrow(PramException failed) {
        if (!isRepeatable(failed)) {
            throw failed;
        }
        if (failed instanceof NotSentException notSent) {
            comesBehind(notSent);
        }
        pauseFor(failed);
    }

    /** An attempt has ended so: what the daemon still holds for it may be in the next one's way. */
    void comesBehind(NotSentException failed) {
        if (failed.isLostUnderWay()) {
            lost = failed;
        }
    }

    /** The same, for a failure that the caller knows to be worth another attempt. */
    void pauseFor(PramException failed) {
        // of a daemon that is going away it has said when a successor may be looked for
        pause(failed, departure.isUnderWay() ? 0 : adviceMillis(failed));
    }

    /** The same, for one who has been refused at the door: whoever did it will serve, or knows. */
    void pauseAsAdvised(RejectedException failed) {
        pause(failed, adviceMillis(failed));
    }

    private void pause(PramException failed, long adviceMillis) {
        long millis = Math.max(nextPauseMillis(), adviceMillis);
        long leftNanos = until(failed).leftNanos();
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(leftNanos) - LAST_ATTEMPT_MILLIS;
        if (leftMillis <= 0) {
            if (lost != null && failed.errno() == Errno.EBUSY) {
                failed.addSuppressed(lost); // which may be why
            }
            throw failed;
        }
        try {
            Thread.sleep(Math.min(millis, leftMillis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed.addSuppressed(e);
            throw failed;
        }
        listeners.retried(call, attempt++, failed);
    }

    private boolean isRepeatable(PramException failed) {
        if (failed instanceof NotSentException notSent) {
            return notSent.isRepeatable();
        }
        // until the daemon has noticed that a connection is gone, what it had opened is busy
        return failed instanceof RejectedException
                && (failed.errno() == Errno.EAGAIN
                        || lost != null && failed.errno() == Errno.EBUSY);
    }

    private static long adviceMillis(PramException failed) {
        return failed instanceof RejectedException rejected
                ? Math.min(rejected.retryAfterMillis(), Departure.RETRY_AFTER_MILLIS_MAX)
                : 0;
    }

    /**
     * How long this failure is worth another attempt. What a daemon has not heard, or not begun,
     * because it is going away is asked of its successor by every call that has no deadline.
     */
    private Deadline until(PramException failed) {
        if (giveUp == null) {
            isConfigured = true;
            giveUp = Deadline.in(departure.patience(retryFor, call.noProgress()));
        }
        if (!isConfigured || !isGoneAway(failed)) {
            return giveUp;
        }
        if (farewell == null) {
            farewell = Deadline.in(call.noProgress());
        }
        return farewell.orLater(giveUp);
    }

    private boolean isGoneAway(PramException failed) {
        return failed instanceof NotSentException notSent
                ? notSent.isUnheard()
                : failed.errno() == Errno.EAGAIN && departure.isUnderWay();
    }

    /** Doubles, and differs from client to client, so that they do not all come at once. */
    private long nextPauseMillis() {
        if (pausingSinceNanos == 0) {
            pausingSinceNanos = System.nanoTime();
        }
        boolean isEarly = System.nanoTime() - pausingSinceNanos < EARLY_NANOS;
        long longest = Math.min(pauseMillis, isEarly ? EARLY_PAUSE_MILLIS_MAX : PAUSE_MILLIS_MAX);
        pauseMillis = 2 * longest;
        return ThreadLocalRandom.current().nextLong(longest / 2, longest + 1);
    }
}
