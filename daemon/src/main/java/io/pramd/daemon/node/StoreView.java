package io.pramd.daemon.node;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Thread-safe. A running store for who only looks at it: compares it with what its root reaches, or
 * draws it. Nothing here blocks, reads the file or changes anything.
 */
public final class StoreView {
    private final NodeTable table;
    private final CompletableFuture<Changes> changes;

    /**
     * What a survey of a store depends on, apart from the frames that are handed out and become
     * free: of the same key it need not be made again.
     *
     * @param root the sequence of the root in force
     * @param pinnings how often a dropped node was found to be read yet
     * @param quarantined which nodes have lost their names, as one number
     */
    public record Key(long root, long pinnings, long quarantined) {}

    StoreView(NodeTable table, CompletableFuture<Changes> changes) {
        this.table = table;
        this.changes = changes;
    }

    /**
     * Whether no save is open, no node about to go, and none that is gone still read; and no frames
     * are looked for, for a save that may be gone.
     */
    public boolean isSettled() {
        long changing = table.count(State.SAVING) + table.count(State.LEAVING);
        boolean isSearching = changes.isDone() && changes.join().isSearching();
        return changing + table.charged().lingering() == 0 && !isSearching;
    }

    /** The root in force, to be compared with the counts; empty before the walk is done. */
    public Optional<WatchedRoot> watchRoot() {
        return changes.isDone() ? Optional.of(changes.join().watchRoot()) : Optional.empty();
    }

    /** The root in force and all that is dropped, to be drawn; empty before the walk is done. */
    public Optional<SurveyedRoot> survey() {
        return changes.isDone() ? Optional.of(changes.join().survey()) : Optional.empty();
    }

    /**
     * The root in force, to be copied as it is now; empty before the walk is done.
     *
     * @throws io.pramd.daemon.memory.StoreException EBUSY while another one is kept
     */
    public Optional<KeptRoot> keepRoot() {
        return changes.isDone() ? Optional.of(changes.join().keepRoot()) : Optional.empty();
    }

    /** Whether frames are kept for a backup. */
    public boolean isRootKept() {
        return changes.isDone() && changes.join().isRootKept();
    }

    /** Empty before the walk is done. */
    public Optional<Key> key() {
        if (!changes.isDone()) {
            return Optional.empty();
        }
        Changes ready = changes.join();
        return Optional.of(new Key(ready.rootSequence(), ready.pinnings(), quarantinedKey()));
    }

    private long quarantinedKey() {
        long key = 0;
        for (QuarantinedNode node : quarantined()) {
            key = 31 * key + 2 * node.pfn() + (node.node().kept() == null ? 0 : 1);
        }
        return key;
    }

    /** Saves that are open, or whose commits are under way, in no order that matters. */
    public List<OpenSave> saves() {
        return table.seen().saves().stream().map(OpenSave::of).toList();
    }

    /** Nodes, not gone, that somebody reads. */
    public List<SeenNode> read() {
        return table.seen().read();
    }

    public List<QuarantinedNode> quarantined() {
        return table.seen().quarantined();
    }

    /** The quarantined node whose page is in this frame. */
    public Optional<QuarantinedNode> quarantined(long pfn) {
        return table.seen().quarantined(pfn);
    }

    /** The node in a slot that has this sequence; empty when it has gone. */
    public Optional<SeenNode> at(int slot, long sequence) {
        return table.seen().at(slot, sequence);
    }

    /** The node that has the name, or the one being saved under it. */
    public Optional<SeenNode> named(String name) {
        return table.seen().named(name);
    }

    /** The node with a name that has this sequence. */
    public Optional<SeenNode> of(long sequence) {
        return table.seen().of(sequence);
    }
}
