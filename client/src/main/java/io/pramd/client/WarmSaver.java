package io.pramd.client;

import io.pramd.client.WarmCheckpoint.Result;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Thread-safe: saves one state, unless a later incarnation has saved its own. */
final class WarmSaver<T> {
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long PAUSE_MILLIS_MAX = 1000;

    private final PramClient client;
    private final String name;
    private final WarmIncarnation incarnation;
    private final T state;
    private final StateWriter<T> writer;
    private final SaveOptions options;

    WarmSaver(
            PramClient client,
            String name,
            WarmIncarnation incarnation,
            T state,
            StateWriter<T> writer,
            SaveOptions options) {
        this.client = client;
        this.name = name;
        this.incarnation = incarnation;
        this.state = state;
        this.writer = writer;
        this.options = options;
    }

    String name() {
        return name;
    }

    T state() {
        return state;
    }

    /**
     * One checkpoint.
     *
     * @param giveUp no attempt begins after that
     * @param isLast there is no other time to try again, and an attempt under way ends then, too
     */
    WarmCheckpoint save(Deadline giveUp, boolean isLast) {
        long beginNanos = System.nanoTime();
        long pauseMillis = FIRST_PAUSE_MILLIS;
        Throwable before = null;
        while (true) {
            try {
                return attempt(isLast ? giveUp : Deadline.NEVER, beginNanos);
            } catch (Superseded e) {
                return ended(Result.SUPERSEDED, e.sequence, 0, beginNanos, e);
            } catch (Throwable e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                if (!isTaken(e) && !isCut(e) && !(isLast && isPassing(e))
                        || giveUp.leftNanos() <= TimeUnit.MILLISECONDS.toNanos(pauseMillis)
                        || !pause(pauseMillis)) {
                    return ended(Result.FAILED, 0, 0, beginNanos, reason(before, e));
                }
                before = e;
                pauseMillis = Math.min(2 * pauseMillis, PAUSE_MILLIS_MAX);
            }
        }
    }

    /** Of an attempt that the limit has cut: what stood in the way of the one before it. */
    private static Throwable reason(Throwable before, Throwable last) {
        boolean isCutByLimit = last instanceof NotSentException e && e.errno() == Errno.ETIMEDOUT;
        if (before == null || !isCutByLimit) {
            return last;
        }
        before.addSuppressed(last);
        return before;
    }

    private WarmCheckpoint attempt(Deadline cut, long beginNanos) throws Exception {
        requireNotSuperseded(cut); // at first without being in the other's way
        long[] bytes = {0};
        long sequence =
                client.save(
                        name,
                        options.withDeadline(left(cut)),
                        out -> {
                            requireNotSuperseded(cut); // from here on the name is this saver's
                            writer.write(state, out);
                            bytes[0] = out.length();
                        });
        return ended(Result.SAVED, sequence, bytes[0], beginNanos, null);
    }

    private void requireNotSuperseded(Deadline cut) throws Superseded {
        Optional<NodeRecord> present;
        try {
            present = client.find(name, left(cut));
        } catch (RejectedException e) {
            if (e.errno() != Errno.EIO) {
                throw e;
            }
            return; // damaged: there is nothing any more that this could replace
        }
        if (present.isPresent() && incarnation.isSupersededBy(present.get())) {
            throw new Superseded(present.get());
        }
    }

    private static Duration left(Deadline cut) {
        return cut.isNever() ? null : Duration.ofNanos(Math.max(1, cut.leftNanos()));
    }

    /** The other incarnation is just saving, or looks whether this one is. */
    private static boolean isTaken(Throwable failure) {
        return failure instanceof RejectedException e
                && (e.errno() == Errno.EEXIST || e.errno() == Errno.EBUSY);
    }

    /** On a new connection it may go well; here the writer may be run twice. */
    private static boolean isCut(Throwable failure) {
        return failure instanceof NotSentException e && e.isCut();
    }

    /** The daemon is just restarting, or the connection was lost. */
    private static boolean isPassing(Throwable failure) {
        if (failure instanceof NotSentException e) {
            return e.isRepeatable() || e.isNotDone() || e.isNoProgress();
        }
        if (failure instanceof RejectedException e) {
            return e.errno() == Errno.EAGAIN || e.errno() == Errno.ESTALE;
        }
        return failure instanceof OutcomeUnknownException; // replacing it once more is no harm
    }

    /** False when interrupted. */
    private static boolean pause(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static WarmCheckpoint ended(
            Result result, long sequence, long bytes, long beginNanos, Throwable failure) {
        return new WarmCheckpoint(
                result,
                sequence,
                bytes,
                Duration.ofNanos(System.nanoTime() - beginNanos),
                Optional.ofNullable(failure));
    }

    /** Immutable: a later incarnation has saved that node. */
    private static final class Superseded extends Exception {
        private static final long serialVersionUID = 1L;
        private final long sequence;

        Superseded(NodeRecord node) {
            super(
                    "a later incarnation has saved: started="
                            + WarmIncarnation.startedOf(node)
                            + " sequence="
                            + node.sequence(),
                    null,
                    false,
                    false);
            sequence = node.sequence();
        }
    }
}
