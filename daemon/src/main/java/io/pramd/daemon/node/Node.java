package io.pramd.daemon.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner: guarded by the {@link NodeTable}'s monitor. A named stream that somebody uses; of one
 * that nobody does the {@link NodeIndex} keeps what it needs to find it, and the rest is in the
 * node page.
 */
final class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /** The slot of a node that has none yet. */
    static final int NO_SLOT = -1;

    final String name;
    final long sequence;
    final SaveKey saveKey;
    private volatile State state;

    /** Where its leaf entry is, which node page it names, and that page's checksum. */
    int slot = NO_SLOT;

    volatile long pfn;
    volatile int csum;

    /** Its page's, which never changes, once somebody has read it; null before. */
    volatile ChainReader.Chain chain;

    /**
     * What is known of a damaged one's chain: what the walk has found and counted, or else what was
     * found later of a chain that is counted as a whole. Only those references are dropped with it,
     * whatever verifies then. Null: all of its chain.
     */
    final AtomicReference<KeptChain> kept = new AtomicReference<>();

    /** Its page's; 0: never. Of one that is being saved 0 until its page is stored. */
    long expiryMillis;

    /**
     * What its owner and prefixes were charged; where the index has it by its slot, it is there.
     */
    long ticket;

    /** Completes when it has gone because its time was over, or stays after all; null: neither. */
    CompletableFuture<Void> expiring;

    /** Readers that hold its frames. */
    int pins;

    /** An open save that will take this node's place, or null. */
    Node replacement;

    /**
     * The open stream of a node that is being saved, or null. Volatile, as what is around it: who
     * reads a node page without the monitor and finds no saver must find the page's place.
     */
    volatile SaveStream saver;

    /** Whether its stream is finished and waits for its commit. */
    boolean isFinishing;

    /** Whether the reclaimer waits for the last pin to go. */
    boolean awaitsUnpin;

    /** Whether it is gone and its ticket still counts. */
    boolean isLingering;

    /** Whether the index holds it by its slot. */
    boolean isPacked;

    Node(String name, long sequence, SaveKey saveKey, State state) {
        this.name = name;
        this.sequence = sequence;
        this.saveKey = saveKey;
        this.state = state;
    }

    State state() {
        return state;
    }

    /** The state in words, for who is refused because of it. */
    String describe() {
        return replacement == null ? state.name() : state + " being replaced";
    }

    boolean is(State wanted) {
        return state == wanted;
    }

    /** Whether nothing is known of it that its page does not say. */
    boolean isAtRest() {
        return state == State.READY && pins == 0 && replacement == null && kept.get() == null;
    }

    void moveTo(State next, String why) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException(
                    "node cannot change so: name="
                            + name
                            + " from="
                            + state
                            + " to="
                            + next
                            + " why="
                            + why);
        }
        LOG.trace("node {} sequence={}: {} -> {} ({})", name, sequence, state, next, why);
        state = next;
    }
}
