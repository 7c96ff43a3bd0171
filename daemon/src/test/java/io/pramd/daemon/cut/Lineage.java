package io.pramd.daemon.cut;

import io.pramd.daemon.cut.Fault.Kind;
import io.pramd.daemon.layout.Durability;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * One owner. The states of a file's life, in order: all that were committed or may have been, each
 * as a whole; and which of them a kill and a power cut must leave at least.
 */
final class Lineage {
    private final List<Map<String, Content>> states = new ArrayList<>(List.of(Map.of()));
    private final List<Change> submitted = new ArrayList<>();
    private final Map<Content, Change> committed = new HashMap<>();
    private final Set<Long> sequences = new HashSet<>();
    private BooleanSupplier isHolding = () -> false;
    private int answered;
    private int promised;

    /** The newest state that may be there. */
    int last() {
        return states.size() - 1;
    }

    Map<String, Content> newest() {
        return states.getLast();
    }

    /** A sequence that was drawn. */
    void drawn(long sequence) {
        if (!sequences.add(sequence)) {
            throw new Fault(Kind.SEQUENCE, "given twice: " + sequence);
        }
    }

    void submit(Change change) {
        submitted.add(change);
    }

    /** What was submitted so far is being committed, all of it at once. */
    void commit() {
        if (submitted.isEmpty()) {
            return;
        }
        Map<String, Content> next = new TreeMap<>(states.getLast());
        for (Change change : submitted) {
            change.committedAs(states.size());
            change.content()
                    .ifPresentOrElse(
                            content -> {
                                next.put(change.name(), content);
                                committed.put(content, change);
                            },
                            () -> next.remove(change.name()));
        }
        submitted.clear();
        states.add(next);
    }

    /** While this says so, what anybody is told does not count. */
    void holdWhile(BooleanSupplier newIsHolding) {
        isHolding = newIsHolding;
    }

    /** Somebody was told that it is done. */
    void answered(Change change) {
        if (isHolding.getAsBoolean()) {
            return;
        }
        answered = Math.max(answered, change.state());
        if (change.durability() == Durability.POWER) {
            forced(change.state());
        }
    }

    /** Somebody was told that it is not done. */
    void refused(Change change) {
        submitted.remove(change);
        if (change.isCommitted() && change.state() == last()) {
            states.removeLast();
        }
    }

    /** Somebody has seen what a change made. */
    void seen(Content content) {
        Change change = committed.get(content);
        if (change == null) {
            throw new Fault(Kind.WRONG, "seen, and never committed: " + content);
        }
        answered(change);
    }

    /** No power cut takes this state back. */
    void forced(int state) {
        if (isHolding.getAsBoolean()) {
            return;
        }
        promised = Math.max(promised, state);
        answered = Math.max(answered, state);
    }

    /**
     * Which state a start has found.
     *
     * @param isCut whether the power was cut, or the cache dropped; else the process was killed
     * @throws Fault when it is none that it may find
     */
    int find(Map<String, Content> found, boolean isCut, String when) {
        int least = isCut ? promised : answered;
        for (int state = last(); state >= 0; state--) {
            if (states.get(state).equals(found)) {
                if (state < least) {
                    throw new Fault(Kind.LOST, describe(found, state, least, when));
                }
                return state;
            }
        }
        throw new Fault(Kind.WRONG, describe(found, -1, least, when));
    }

    private String describe(Map<String, Content> found, int state, int least, String when) {
        return when
                + ": found state "
                + state
                + " "
                + found
                + ", must be at least "
                + least
                + " "
                + states.get(least)
                + " of "
                + last();
    }

    /**
     * A start has found this state, and the process ends no more of what came behind it.
     *
     * @param isOnDevice whether what was found is all that there is
     */
    void continueFrom(int state, boolean isOnDevice) {
        while (last() > state) {
            states.removeLast();
        }
        submitted.clear();
        committed.values().removeIf(change -> change.state() > state);
        answered = state;
        promised = isOnDevice ? state : Math.min(promised, state);
    }
}
