package io.pramd.client;

import io.pramd.client.WarmReport.Reason;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.StreamType;
import java.time.Duration;
import java.util.Optional;

/**
 * One owner: one attempt to read a state, which never throws: what does not go well is a reason to
 * build. It only peeks.
 */
final class WarmRestore<T> {
    /** After so long a wait it is looked whether there is anything left to wait for. */
    private static final Duration WAIT_SLICE = Duration.ofSeconds(1);

    private final long beginNanos = System.nanoTime();
    private final PramClient client;
    private final String name;
    private final StreamReader<T, ?> reader;
    private WarmIncarnation incarnation;
    private T state;
    private Reason reason;
    private String detail = "";
    private Throwable failure;
    private NodeRecord node;
    private Duration waited = Duration.ZERO;
    private boolean waitedInVain;

    WarmRestore(PramClient client, String name, StreamReader<T, ?> reader, WarmIncarnation began) {
        this.client = client;
        this.name = name;
        this.reader = reader;
        this.incarnation = began;
    }

    /** The state; empty when it has to be built. */
    Optional<T> attempt(Duration waitFor) {
        try {
            if (isThere() && awaitSave(waitFor)) {
                client.peek(name, this::read);
            } else {
                reason = Reason.NO_NODE;
            }
        } catch (PramException e) {
            fails(Reason.of(e), e);
        }
        return Optional.ofNullable(state);
    }

    /** Later than all that was found. */
    WarmIncarnation incarnation() {
        return incarnation;
    }

    /** To be asked for when the state is there. */
    WarmReport report() {
        return new WarmReport(
                name,
                reason,
                detail,
                Optional.ofNullable(failure),
                Optional.ofNullable(node),
                waited,
                waitedInVain,
                sinceBegin());
    }

    private boolean isThere() {
        Optional<NodeRecord> found = client.find(name);
        found.ifPresent(this::saw);
        return found.isPresent();
    }

    /**
     * A replacement under way is not to be seen, but a load waits for its end; and a load that is
     * aborted leaves the node as it is. False when the node has gone meanwhile.
     */
    private boolean awaitSave(Duration waitFor) {
        if (waitFor.isZero() || isReadyWithin(Duration.ZERO)) {
            return true;
        }
        long begin = System.nanoTime();
        Deadline deadline = Deadline.in(waitFor);
        try {
            do {
                Duration left = Duration.ofNanos(Math.max(1, deadline.leftNanos()));
                if (isReadyWithin(left.compareTo(WAIT_SLICE) < 0 ? left : WAIT_SLICE)) {
                    return true;
                }
                waitedInVain = deadline.hasPassed();
            } while (isThere() && !waitedInVain);
            return waitedInVain;
        } finally {
            waited = Duration.ofNanos(System.nanoTime() - begin);
        }
    }

    private boolean isReadyWithin(Duration wait) {
        try (LoadStream load = client.openLoad(name, LoadOptions.defaults().withWaitFor(wait))) {
            load.abort();
            return true;
        } catch (RejectedException e) {
            if (e.errno() == Errno.ETIMEDOUT || e.errno() == Errno.EBUSY) {
                return false;
            }
            throw e;
        }
    }

    private Void read(LoadStream in) {
        saw(in.node());
        if (node.type() != StreamType.BYTE) {
            reason = Reason.WRONG_TYPE;
        } else if (!incarnation.hasFingerprintOf(node)) {
            reason = Reason.FINGERPRINT_DIFFERS;
            detail =
                    "saved="
                            + WarmIncarnation.fingerprintOf(node)
                            + " expected="
                            + incarnation.fingerprint();
        } else {
            readState(in);
        }
        return null;
    }

    /** Whatever the reader makes of the bytes: it must not keep the service from starting. */
    private void readState(LoadStream in) {
        T made = null;
        try {
            made = reader.readFrom(in);
            if (made == null) {
                fails(Reason.READER_FAILED, new NullPointerException("the reader returned null"));
            }
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            fails(Reason.READER_FAILED, e);
        }
        if (in.failure() != null) {
            fails(Reason.of(in.failure()), in.failure()); // also where the reader has caught it
        } else if (failure == null) {
            reason = Reason.NODE_READ;
            state = made;
        }
    }

    private void fails(Reason why, Throwable e) {
        reason = why;
        failure = why == Reason.NO_NODE ? null : e;
        detail = why == Reason.NO_NODE ? "" : WarmJournal.text(e);
    }

    private void saw(NodeRecord found) {
        node = found;
        incarnation = incarnation.after(found);
    }

    private Duration sinceBegin() {
        return Duration.ofNanos(System.nanoTime() - beginNanos);
    }
}
