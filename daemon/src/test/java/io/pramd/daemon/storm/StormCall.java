package io.pramd.daemon.storm;

import io.pramd.client.NotSentException;
import io.pramd.client.OutcomeUnknownException;
import io.pramd.client.PramException;
import io.pramd.client.RejectedException;
import io.pramd.protocol.Errno;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;

/**
 * One owner: carries one call out and sees to it that it ends in time, with one of the answers that
 * it may have.
 */
final class StormCall {
    /** What a busy machine may add to a deadline. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    /** A call without a deadline: trying again, and waiting for progress, in each of its steps. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    /** What a call has said. */
    enum Said {
        DONE,
        NOT_DONE,
        UNKNOWN
    }

    /** What may throw. */
    interface Body {
        void run() throws Exception;
    }

    private final String what;
    private final Duration deadline;
    private PramException failure;
    private volatile long beganNanos;

    StormCall(String what, Duration deadline) {
        this.what = what;
        this.deadline = deadline;
    }

    /** None, or a deadline that a call may miss now and then. */
    static Duration randomDeadline(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Duration.ofMillis(random.nextInt(30));
            case 1 -> Duration.ofMillis(random.nextInt(3000));
            default -> null;
        };
    }

    Duration deadline() {
        return deadline;
    }

    Said carryOut(Body body) {
        beganNanos = System.nanoTime();
        Said said = said(body);
        Duration took = Duration.ofNanos(System.nanoTime() - beganNanos);
        if (took.compareTo(limit()) > 0) {
            throw new AssertionError(this + " took " + took + " and then said " + said, failure);
        }
        return said;
    }

    private Duration limit() {
        return deadline == null ? LONGEST : deadline.plus(MARGIN);
    }

    private Said said(Body body) {
        try {
            body.run();
            return Said.DONE;
        } catch (RejectedException | NotSentException e) {
            failure = e;
            return Said.NOT_DONE;
        } catch (OutcomeUnknownException e) {
            failure = e;
            return Said.UNKNOWN;
        } catch (Exception e) {
            throw new AssertionError(this + " threw", e);
        }
    }

    /** Null when it was refused by nobody. */
    Errno rejection() {
        return failure instanceof RejectedException ? failure.errno() : null;
    }

    /** Whether it was refused behind the loss of an attempt, which may still be in its way. */
    boolean isRefusedBehindLoss() {
        return failure instanceof RejectedException
                && Arrays.stream(failure.getSuppressed())
                        .anyMatch(NotSentException.class::isInstance);
    }

    boolean isNotSent() {
        return failure instanceof NotSentException;
    }

    /** What else the daemon, or the client, may refuse it with; EAGAIN always. */
    void mayBeRejectedWith(Set<Errno> errnos) {
        Errno errno = rejection();
        if (errno != null && errno != Errno.EAGAIN && !errnos.contains(errno)) {
            throw new AssertionError(this + " must not be rejected so", failure);
        }
    }

    @Override
    public String toString() {
        return what
                + (deadline == null ? "" : " within " + deadline.toMillis() + " ms")
                + (failure == null ? "" : ": " + failure.getMessage());
    }
}
