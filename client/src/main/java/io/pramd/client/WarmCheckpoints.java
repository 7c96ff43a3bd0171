package io.pramd.client;

import io.pramd.client.WarmCheckpoint.Result;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Thread-safe: the thread that carries out all checkpoints of one state, so that there is only one
 * at a time. It is a daemon thread: it keeps no JVM alive.
 */
final class WarmCheckpoints {
    /** How long one that is not the last tries again, while the other incarnation saves, say. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** For the word of what was cut at the limit. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final WarmSaver<?> saver;
    private final WarmJournal journal;
    private final ScheduledThreadPoolExecutor thread;
    private volatile Thread worker;
    private ScheduledFuture<?> periodic; // guarded by this

    WarmCheckpoints(WarmSaver<?> saver, WarmJournal journal) {
        this.saver = saver;
        this.journal = journal;
        thread = new ScheduledThreadPoolExecutor(1, this::daemonThread);
    }

    private Thread daemonThread(Runnable task) {
        worker = new Thread(task, "pram-warm-" + saver.name());
        worker.setDaemon(true);
        return worker;
    }

    /**
     * @param every from the end of one to the beginning of the next; null: none but what is asked
     *     for
     * @param now whether the first is due at once
     */
    synchronized void begin(Duration every, boolean now) {
        if (every != null) {
            long nanos = Deadline.in(every).leftNanos();
            periodic =
                    thread.scheduleWithFixedDelay(
                            this::save, now ? 0 : nanos, nanos, TimeUnit.NANOSECONDS);
        } else if (now) {
            thread.execute(this::save);
        }
    }

    /** One more, behind what is under way. */
    WarmCheckpoint now() {
        requireOtherThread();
        Future<WarmCheckpoint> done;
        try {
            done = thread.submit(this::save);
        } catch (RejectedExecutionException e) {
            throw closed(e);
        }
        try {
            return done.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new WarmCheckpoint(Result.FAILED, 0, 0, Duration.ZERO, Optional.of(e));
        } catch (CancellationException e) {
            throw closed(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** The last one, behind what is under way; returns when it is done, or soon after the limit. */
    void end(Duration limit) {
        requireOtherThread();
        Deadline deadline = Deadline.in(limit);
        Deadline patience = Deadline.in(Duration.ofNanos(deadline.leftNanos()).plus(GRACE));
        if (!isDoneBy(patience, submitLast(deadline))) {
            journal.gaveUpLast(limit);
        }
        for (Runnable left : thread.shutdownNow()) {
            ((Future<?>) left).cancel(false); // else who waits for it would wait for ever
        }
    }

    private synchronized Future<?> submitLast(Deadline deadline) {
        if (periodic != null) {
            periodic.cancel(false);
        }
        Future<?> last = thread.submit(() -> journal.ended(saver.save(deadline, true), true));
        thread.shutdown();
        return last;
    }

    private WarmCheckpoint save() {
        WarmCheckpoint ended = saver.save(Deadline.in(PATIENCE), false);
        journal.ended(ended, false);
        return ended;
    }

    /** Also on an interrupted thread: ending is what interrupted threads do. */
    private static boolean isDoneBy(Deadline deadline, Future<?> last) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    last.get(Math.max(1, deadline.leftNanos()), TimeUnit.NANOSECONDS);
                    return true;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    return false;
                } catch (ExecutionException e) {
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void requireOtherThread() {
        if (Thread.currentThread() == worker) {
            throw new IllegalStateException(
                    "the writer of the warm state " + saver.name() + " waits for itself");
        }
    }

    private IllegalStateException closed(Exception cause) {
        return new IllegalStateException("the warm state " + saver.name() + " is closed", cause);
    }
}
