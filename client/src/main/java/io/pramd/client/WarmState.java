package io.pramd.client;

import io.pramd.client.WarmReport.Origin;
import java.time.Duration;
import java.util.Optional;

/**
 * Thread-safe: a service's state that outlives the service: restored from a node when it starts,
 * built when that is not possible, saved now and then and at the end.
 *
 * {@snippet class="io.pramd.client.examples.Examples" region="warmState"}
 *
 * <p><b>Restoring.</b> It only peeks: the copy stays whatever happens. It builds instead when there
 * is no node, when its fingerprint differs, when it cannot be read, when the reader throws, and
 * when no daemon answers, after {@link PramConfig#retryFor()}; use {@link PramClient#lazy} for a
 * service that has to start without one. {@link #report()} says why, and so does one line of the
 * log.
 *
 * <p><b>Checkpoints</b> replace the node; one that does not finish leaves the copy of before. One
 * that fails is counted, logged once for its kind, and tried again when the next one is due. The
 * first is made at once behind a build. The last is made by {@link #close()}, which a shutdown hook
 * calls on SIGTERM; it is tried again within {@link WarmSetup#shutdownWithin}. A program whose own
 * hook closes the client closes the state before.
 *
 * <p><b>The hand-over.</b> A successor may start while its predecessor still runs. A save that is
 * under way then is waited for ({@link WarmSetup#waitFor}). A predecessor that has not begun its
 * last save is not known of: the successor takes the last checkpoint. Then it holds that:
 *
 * <ul>
 *   <li>Once the successor has saved, the predecessor's checkpoints, the last one, too, are left
 *       out: it looks when the name is already its own, so that nobody comes between. They are left
 *       out until the node is removed.
 *   <li>What the predecessor saves after the successor has read is not in the successor's state,
 *       and is replaced by its next checkpoint.
 *   <li>Who is the successor is told by when the two began, from their clocks, unless the one has
 *       seen the other's node: then it is the successor, whatever the clocks say. Only where clocks
 *       differ <i>and</i> the daemon did not answer at the start can it be the wrong one.
 * </ul>
 *
 * <p>The name belongs to the state alone: whatever else is under it is replaced. The defaults: no
 * fingerprint, no checkpoints but the first and the last, {@code waitFor} 10 s, {@code
 * shutdownWithin} 60 s.
 *
 * @param <T> the state. It is what has to be thread-safe: it is written while the service uses it.
 */
public final class WarmState<T> implements AutoCloseable {
    /** Where a node's metadata has the fingerprint; nowhere when there is none. */
    public static final String FINGERPRINT_KEY = "warm.fingerprint";

    /** Where a node's metadata says since when the process lives that saved it, in ISO 8601. */
    public static final String STARTED_KEY = "warm.started";

    private final WarmReport report;
    private final Duration shutdownWithin;
    private final T state;
    private final WarmJournal journal;
    private final WarmCheckpoints checkpoints;
    private final Thread hook;
    private boolean closed; // guarded by this

    WarmState(WarmSaver<T> saver, WarmReport report, Duration shutdownWithin) {
        this.report = report;
        this.shutdownWithin = shutdownWithin;
        state = saver.state();
        journal = new WarmJournal(saver.name());
        checkpoints = new WarmCheckpoints(saver, journal);
        hook = new Thread(this::close, "pram-warm-end-" + saver.name());
    }

    /**
     * The state under a name, to be set up. Nothing is asked for yet.
     *
     * @param client stays the caller's, who closes it after the state
     * @param name of the node
     * @throws RejectedException if that is no name
     */
    public static WarmSetup of(PramClient client, String name) {
        return new WarmSetup(client, name);
    }

    void begin(Duration every) {
        journal.began(report);
        checkpoints.begin(every, origin() == Origin.REBUILT);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            close(); // the JVM is ending, and there is no other time to save
        }
    }

    /** What was read or built. */
    public T get() {
        return state;
    }

    /** Whether it was read or built. */
    public Origin origin() {
        return report.origin();
    }

    /** How it began. */
    public WarmReport report() {
        return report;
    }

    /**
     * Saves now, behind a checkpoint that is under way, and returns when that is done.
     *
     * @return how it ended; failures are not thrown
     * @throws IllegalStateException if it is closed, or called by the writer
     */
    public WarmCheckpoint checkpoint() {
        return checkpoints.now();
    }

    /** The checkpoint that has ended last; empty before the first. */
    public Optional<WarmCheckpoint> lastCheckpoint() {
        return journal.last();
    }

    /** How the checkpoints so far ended. */
    public WarmCheckpoint.Counts counts() {
        return journal.counts();
    }

    /**
     * Saves for the last time, behind a checkpoint that is under way, and ends the thread. Returns
     * soon after {@link WarmSetup#shutdownWithin}, also when that was not enough; {@link
     * #lastCheckpoint()} says how it went. It is not cut short by an interrupt. Idempotent.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        checkpoints.end(shutdownWithin);
        removeHook(); // not before: a JVM that is told to end meanwhile waits for its hook
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the JVM is ending: the hook runs, or waits for this to be done
        }
    }
}
