package io.pramd.daemon.torture;

import io.pramd.client.NotSentException;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.RejectedException;
import io.pramd.protocol.Durability;
import io.pramd.protocol.Errno;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * One owner: what one worker works with during one life of the daemon, and what it has learnt in
 * it.
 */
final class KillHand {
    private static final int NAMES = 6;

    /** A daemon that is gone is gone: nothing is tried again. */
    static final PramConfig IMPATIENT =
            PramConfig.defaults()
                    .withConnect(Duration.ofSeconds(60))
                    .withNoProgress(Duration.ofSeconds(60))
                    .withRetryFor(Duration.ZERO)
                    .withStreamConnections(2);

    final PramClient client;
    final String uri;
    final String prefix;
    final KillJournal journal;
    final KillFaults faults;
    final Random random;
    final List<Durability> levels;

    /** Names that the daemon may hold for a connection whose end it has not noticed. */
    private final Set<String> heldPerhaps = new HashSet<>();

    private int acknowledged;

    /** The daemon has gone, or is going: the life is over for this worker. */
    static final class LifeIsOver extends Exception {
        private static final long serialVersionUID = 1L;

        LifeIsOver(Exception cause) {
            super(cause);
        }
    }

    KillHand(PramClient client, String uri, KillWorker worker, List<Durability> levels) {
        this.client = client;
        this.uri = uri;
        this.prefix = worker.prefix();
        this.journal = worker.journal();
        this.faults = worker.faults();
        this.random = worker.random();
        this.levels = levels;
    }

    String randomName() {
        return prefix + random.nextInt(NAMES);
    }

    void acknowledge() {
        acknowledged++;
    }

    int acknowledged() {
        return acknowledged;
    }

    void mayBeHeld(String name) {
        heldPerhaps.add(name);
    }

    /** Nobody is told of the end of a connection that was cut; so the name may still be taken. */
    boolean isPerhapsHeld(String name) {
        return heldPerhaps.contains(name);
    }

    /** Refused: must be one of these, or EAGAIN. */
    void requireRefusal(RejectedException e, String what, String name, Set<Errno> allowed) {
        Set<Errno> all = new TreeSet<>(allowed);
        all.add(Errno.EAGAIN);
        if (isPerhapsHeld(name)) {
            all.add(Errno.EEXIST);
            all.add(Errno.EBUSY);
        }
        if (!all.contains(e.errno())) {
            faults.wrong(
                    what
                            + " of "
                            + name
                            + " was refused: "
                            + e.getMessage()
                            + " state="
                            + journal.possible(name));
        }
    }

    /** The daemon was connected and is silent: that is no kill. */
    LifeIsOver notSent(NotSentException e, String what) {
        if (e.isNoProgress()) {
            faults.wrong(what + " made no progress: " + e.getMessage());
        }
        return new LifeIsOver(e);
    }

    Optional<KillNode> sure(String name) {
        return journal.sure(name);
    }
}
