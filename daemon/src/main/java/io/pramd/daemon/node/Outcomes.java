package io.pramd.daemon.node;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One owner: guarded by the {@link NodeTable}'s monitor. What is remembered of saves that have no
 * node any more: which were done and are gone, which were given up, and which were asked about and
 * may never be done.
 */
final class Outcomes {
    /** How many saves, and how many questions, are remembered. */
    static final int REMEMBERED = 64 << 10;

    private final Map<SaveKey, Long> gone = new LinkedHashMap<>();
    private final Map<SaveKey, Long> discarded = new LinkedHashMap<>();
    private final Map<SaveKey, Fence> fences = new LinkedHashMap<>();
    private boolean hasForgotten;

    /** By the principal that had asked, of which there are as many as the rules ever named. */
    private final Map<String, Long> staleBefore = new HashMap<>();

    /**
     * Immutable: what became of a save?
     *
     * @param connectionNumberNow the largest number of a connection accepted so far
     * @param allKnown whether the save ids of all nodes are known
     * @param asker who wants to know
     */
    record Question(long connectionNumberNow, boolean allKnown, Asker asker) {}

    /**
     * Immutable: a question that was asked.
     *
     * @param connectionNumber of the newest connection then
     * @param isInDoubt whether the save may have been done before it was asked
     * @param asker whose saves it was about; empty: anybody's
     */
    private record Fence(long connectionNumber, boolean isInDoubt, String asker) {}

    /**
     * Starts with an empty memory.
     *
     * @param hasForgotten whether there were saves before that it does not know
     */
    Outcomes(boolean hasForgotten) {
        this.hasForgotten = hasForgotten;
    }

    void gone(SaveKey key, long sequence) {
        hasForgotten |= remember(gone, key, sequence).isPresent();
    }

    void discarded(SaveKey key) {
        hasForgotten |= remember(discarded, key, 0L).isPresent();
    }

    /** From here on no save of this id, on a connection that is open now, can be done. */
    void fence(SaveKey key, Question question) {
        fence(key, new Fence(question.connectionNumberNow(), false, question.asker().principal()));
    }

    private void fence(SaveKey key, Fence fence) {
        // a forgotten fence could let a packet that is still on its way save after all: so on
        // connections that were open when the forgotten question was asked those may not save any
        // more whose saves it was about; else whoever asks much would keep all others from saving
        remember(fences, key, fence)
                .ifPresent(
                        old -> staleBefore.merge(old.asker(), old.connectionNumber(), Math::max));
    }

    private static <T> Optional<T> remember(Map<SaveKey, T> map, SaveKey key, T value) {
        if (key.isNone()) {
            return Optional.empty();
        }
        map.put(key, value);
        if (map.size() <= REMEMBERED) {
            return Optional.empty();
        }
        SaveKey eldest = map.keySet().iterator().next();
        return Optional.of(map.remove(eldest));
    }

    /**
     * Whether a save with this id, on this connection, may begin.
     *
     * @throws StoreException ESTALE when it was asked about, or may have been
     */
    void requireSaveable(SaveRequest request) {
        if (fences.containsKey(request.saveKey())) {
            throw askedAbout(request.name());
        }
        long connection = request.connectionNumber();
        if (isStale(connection, Asker.EVERYBODYS)
                || isStale(connection, request.saver().principal())) {
            throw StoreException.of(
                    Errno.ESTALE,
                    "connection is older than a question that is forgotten: reconnect and repeat");
        }
    }

    static StoreException askedAbout(String name) {
        return StoreException.of(
                Errno.ESTALE, "save id was asked about and may never be done: name=" + name);
    }

    /** Whether a connection was open when a question was asked that has been forgotten. */
    private boolean isStale(long connectionNumber, String asker) {
        long before = staleBefore.getOrDefault(asker, 0L);
        return connectionNumber <= before && before > 0;
    }

    /**
     * The answer for an id that no open save and no node carries. Unless it is gone it is fenced,
     * also where nobody can say what it was: a save of that id that is still on its way is not
     * done, and whoever looks now will not see it come later.
     */
    OutcomeAnswer answer(SaveKey key, Question question) {
        Long sequence = gone.get(key);
        if (sequence != null) {
            return new OutcomeAnswer(Outcome.GONE, sequence);
        }
        Fence before = fences.get(key);
        boolean isInDoubt =
                hasForgotten
                        && !discarded.containsKey(key)
                        && (before == null || before.isInDoubt());
        fence(
                key,
                new Fence(question.connectionNumberNow(), isInDoubt, question.asker().principal()));
        return new OutcomeAnswer(isInDoubt ? Outcome.UNKNOWN : Outcome.NOT_DONE, 0);
    }
}
