package io.pramd.client;

import io.pramd.protocol.AskOutcome;
import io.pramd.protocol.SaveId;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner: the attempts of one save, each under a fresh save id unless the caller has given one.
 */
final class SaveAttempts {
    private static final Logger LOG = LoggerFactory.getLogger(SaveAttempts.class);

    /** How often a save of which a page changed on its way is done again. */
    private static final int SAVE_AGAIN_MAX = 2;

    private final Connections connections;
    private final SaveOptions options;
    private final Call call;
    private final Repeater repeater;
    private final boolean ownIds;

    /** Of lost attempts that may hold the name. */
    private final List<SaveId> leftovers = new ArrayList<>();

    private SaveId saveId;
    private NotSentException lost; // null: no attempt was, while it was under way
    private int changedPages;
    private int staleConnections;

    SaveAttempts(Connections connections, SaveOptions options, Call call) {
        this.connections = connections;
        this.options = options;
        this.call = call;
        repeater = new Repeater(connections, call);
        ownIds = options.saveId() == null;
        saveId = options.saveId();
    }

    /** Options of the next attempt: with a save id. */
    SaveOptions next() {
        if (ownIds) {
            saveId = SaveId.random();
        }
        return options.withSaveId(saveId);
    }

    /**
     * Returns when there should be another attempt; throws {@code failed} when there should not.
     */
    void pauseOrThrow(PramException failed) {
        if (failed instanceof NotSentException notSent) {
            pauseOrThrow(notSent);
        } else if (isPerhapsOwnDoing(failed)) {
            pauseBehindLoss(failed);
            discardLeftovers();
        } else if (isForAnotherAttempt(failed)) {
            repeater.pauseFor(failed);
        } else {
            repeater.pauseOrThrow(failed);
        }
    }

    private void pauseOrThrow(NotSentException failed) {
        if (failed.isNotDone() && ownIds) {
            repeater.pauseFor(failed); // the question has fenced that attempt
            return;
        }
        repeater.pauseOrThrow(failed);
        if (failed.isLostUnderWay()) {
            lost = failed;
            if (ownIds) {
                leftovers.add(saveId);
                discardLeftovers();
            }
        }
    }

    /** Whether it may be a lost attempt of this call that is in the way: nobody has misused it. */
    private boolean isPerhapsOwnDoing(PramException failed) {
        if (!(failed instanceof RejectedException)) {
            return false;
        }
        return switch (failed.errno()) {
            // under a given id it is another's: of its own the daemon would have said EINVAL
            case EEXIST -> !leftovers.isEmpty();
            case EINVAL -> lost != null && !ownIds;
            default -> false;
        };
    }

    /** Where the time is up, what has ended the attempt is told, and not what is left of it. */
    private void pauseBehindLoss(PramException failed) {
        try {
            repeater.pauseFor(failed);
        } catch (PramException e) {
            lost.addSuppressed(e);
            throw lost;
        }
    }

    private boolean isForAnotherAttempt(PramException failed) {
        if (!(failed instanceof RejectedException rejected)) {
            return false;
        }
        return switch (failed.errno()) {
            case EIO -> rejected.pageIndex().isPresent() && changedPages++ < SAVE_AGAIN_MAX;
            // not the id, but perhaps the connection: it may be older than a question about some
            // save that the daemon has forgotten, and each of them is found out once
            case ESTALE -> staleConnections++ < connections.config().streamConnections();
            default -> false;
        };
    }

    /**
     * The daemon may not have noticed that a connection is gone, and hold the name for its save:
     * asking for the outcome of one that is not finished ends it. An id of the caller's is not
     * asked about: the next attempt needs it.
     */
    private void discardLeftovers() {
        while (!leftovers.isEmpty()) {
            SaveId leftover = leftovers.get(leftovers.size() - 1);
            try {
                connections.request(new AskOutcome(leftover), call, Effect.NONE);
            } catch (PramException e) {
                LOG.debug(
                        "{}: leftover of {} may still hold the name: {}",
                        call,
                        leftover,
                        e.getMessage());
                return;
            }
            leftovers.remove(leftovers.size() - 1);
        }
    }
}
