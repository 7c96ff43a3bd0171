package io.pramd.daemon.node;

import io.pramd.daemon.quota.Quotas;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Thread-safe: every method holds the monitor, for a few steps and never for I/O. Names, states and
 * pins of all nodes; the only place that decides whether a verb is allowed in a state.
 */
final class NodeTable {
    private final NodeIndex index = new NodeIndex();
    private final QuarantineList quarantined = new QuarantineList();
    private final Waiters waiters = new Waiters();
    private final Outcomes outcomes;
    private final Executor wakeUps;
    private final FoundNodes found;
    private final ExpiringNodes expiring;
    private final ChargedNodes charged;
    private final QuarantinedNodes nameless;
    private final SeenNodes seen;

    NodeTable(Outcomes outcomes, Executor wakeUps, Quotas quotas, InstantSource clock) {
        this.outcomes = outcomes;
        this.wakeUps = wakeUps;
        nameless = new QuarantinedNodes(this, quarantined);
        seen = new SeenNodes(this, index, quarantined);
        charged = new ChargedNodes(this, index, quotas);
        expiring = new ExpiringNodes(this, index, clock);
        found = new FoundNodes(this, index, quarantined, charged);
    }

    /** The opening's part; nobody else changes anything meanwhile. */
    FoundNodes found() {
        return found;
    }

    /** Whose time is over, and who may go for it. */
    ExpiringNodes expiring() {
        return expiring;
    }

    /** Those without names. */
    QuarantinedNodes quarantined() {
        return nameless;
    }

    /** What is there, for who only looks. */
    SeenNodes seen() {
        return seen;
    }

    /** What each node was charged. */
    ChargedNodes charged() {
        return charged;
    }

    // ---- saving

    /** A new node for a save, with the stream that the factory makes for it. */
    synchronized SaveStream prepareSave(
            SaveRequest request, long sequence, Function<Node, SaveStream> factory) {
        requireSaveKeyUsable(request);
        String name = request.name();
        Node present = index.named(name);
        if (present != null
                && !(request.replace() && present.is(State.READY) && present.replacement == null)) {
            throw NodeRefusals.taken(present);
        }
        Node node = new Node(name, sequence, request.saveKey(), State.SAVING);
        node.saver = factory.apply(node);
        index.entered(node);
        if (present != null) {
            present.replacement = node;
        } else {
            index.name(node);
        }
        index.addSaveKey(node);
        return node.saver;
    }

    private void requireSaveKeyUsable(SaveRequest request) {
        outcomes.requireSaveable(request);
        if (index.savedAs(request.saveKey()) != null
                || index.packedSavedAs(request.saveKey()) != 0) {
            throw NodeRefusals.saveKeyInUse(request);
        }
    }

    /** From here on an outcome question waits for the commit instead of giving the save up. */
    synchronized void beginFinish(Node node) {
        if (!node.is(State.SAVING)) {
            throw Outcomes.askedAbout(node.name);
        }
        node.isFinishing = true;
    }

    /**
     * What became of a save; gives it up when it is open. One step: a save of this id that is
     * prepared behind an answer meets its fence.
     *
     * @param question whether the save ids of all nodes are known, and whose saves may be given up
     */
    synchronized OutcomeStep outcome(SaveKey key, Outcomes.Question question) {
        long packedSequence = index.packedSavedAs(key);
        if (packedSequence != 0) {
            return new OutcomeStep.Answered(new OutcomeAnswer(Outcome.DONE, packedSequence));
        }
        Node node = index.savedAs(key);
        if (node == null) {
            return question.allKnown()
                    ? new OutcomeStep.Answered(outcomes.answer(key, question))
                    : new OutcomeStep.NotKnownYet();
        }
        if (!node.is(State.SAVING)) {
            return new OutcomeStep.Answered(new OutcomeAnswer(Outcome.DONE, node.sequence));
        }
        SaveStream saver = node.saver;
        if (!question.asker().mayFence().test(saver.request().saver().principal())) {
            throw NodeRefusals.notOwn();
        }
        if (node.isFinishing) {
            return new OutcomeStep.Committing(saver);
        }
        outcomes.fence(key, question);
        withdrawn(node); // its hold stays: it has its frames until its owner notices
        saver.fence(Outcomes.askedAbout(node.name));
        return new OutcomeStep.Answered(new OutcomeAnswer(Outcome.NOT_DONE, 0));
    }

    /** The save will not be committed; a node that it was to replace stays. */
    synchronized void discarded(Node node) {
        if (node.is(State.SAVING)) {
            node.saver.hold().release();
            withdrawn(node);
        }
    }

    private void withdrawn(Node node) {
        index.moveTo(node, State.ABSENT, "discard");
        node.saver = null;
        outcomes.discarded(node.saveKey);
        index.forget(node);
        Node present = index.named(node.name);
        if (present != null && present.replacement == node) {
            present.replacement = null;
            rest(present);
        }
        wake(node.name);
    }

    /**
     * The node that a save takes the place of by the commit that begins, leaving from here on;
     * empty when there is none, or it was quarantined meanwhile.
     */
    synchronized Optional<Node> leaveReplaced(Node node) {
        Node present = index.named(node.name);
        if (present == null || present.replacement != node) {
            return Optional.empty();
        }
        leave(present, "replaced");
        return Optional.of(present);
    }

    /** A root reaches the node now, in the slot that it carries; the node it replaced is gone. */
    synchronized void published(Node node, Optional<Node> replaced) {
        replaced.ifPresent(old -> drop(old, "replaced"));
        node.ticket = node.saver.hold().publish();
        node.saver = null;
        index.moveTo(node, State.READY, "published");
        index.pack(node);
        expiring.mayExpire(node);
        wake(node.name);
    }

    /** Called under the monitor: nobody may use it any more who does not already. */
    void leave(Node node, String why) {
        index.moveTo(node, State.LEAVING, why);
        index.unpack(node);
    }

    /** Called under the monitor: nothing reaches it any more. */
    void drop(Node node, String why) {
        index.moveTo(node, State.ABSENT, why);
        node.replacement = null;
        outcomes.gone(node.saveKey, node.sequence);
        charged.dropped(node);
        index.forget(node);
        quarantined.remove(node);
    }

    // ---- loading

    /** The node to peek, pinned. */
    synchronized Node pinForPeek(String name) {
        Node node = requirePresent(name);
        if (node.is(State.SAVING)) {
            throw NodeRefusals.busy(node, "peek");
        }
        node.pins++;
        return node;
    }

    /**
     * The node to load, pinned but still ready: {@link #beginLoad} follows when the expectations
     * are met.
     */
    synchronized Node pinForLoad(String name) {
        Node node = requirePresent(name);
        requireLoadable(node);
        node.pins++;
        return node;
    }

    /** Makes a pinned node this loader's, if nobody was faster. */
    synchronized void beginLoad(Node node) {
        if (node.is(State.ABSENT) || node.is(State.QUARANTINED)) {
            throw NodeRefusals.gone(node);
        }
        requireLoadable(node);
        index.moveTo(node, State.LOADING, "prepare load");
    }

    private void requireLoadable(Node node) {
        if (!node.is(State.READY) || node.replacement != null) {
            throw NodeRefusals.busy(node, "load");
        }
    }

    private Node requirePresent(String name) {
        Node node = index.named(name);
        if (node == null || expiring.isOver(node)) {
            throw NodeRefusals.absent(name);
        }
        return node;
    }

    /** Called under the monitor: somebody has ceased to use a node. */
    private void rest(Node node) {
        index.settle(node);
        expiring.mayExpire(node);
    }

    synchronized void abortLoad(Node node) {
        if (node.is(State.LOADING)) {
            index.moveTo(node, State.READY, "abort");
            rest(node);
            wake(node.name);
        }
    }

    /** Drops a pin; answers whether the reclaimer waited for it. */
    synchronized boolean unpin(Node node) {
        node.pins--;
        charged.unpinned(node);
        rest(node);
        return node.pins == 0 && node.awaitsUnpin;
    }

    /**
     * Whether the frames of a dropped node are still read; if so, {@link #unpin} will say when they
     * are not.
     */
    synchronized boolean awaitUnpin(Node node) {
        node.awaitsUnpin = node.pins > 0;
        return node.awaitsUnpin;
    }

    // ---- leaving

    /** A loader that finishes: only it may. */
    synchronized void leaveAfterLoad(Node node, long sequence) {
        NodeRefusals.requireSequence(node, sequence);
        if (!node.is(State.LOADING)) {
            throw NodeRefusals.notLoading(node);
        }
        leave(node, "finish load");
    }

    /** The node to remove by name; {@code ifSequence} 0 takes any. */
    synchronized Node leaveByName(String name, long ifSequence) {
        Node node = requirePresent(name);
        if (ifSequence != 0) {
            NodeRefusals.requireSequence(node, ifSequence);
        }
        if (!node.is(State.READY) || node.replacement != null) {
            throw NodeRefusals.busy(node, "remove");
        }
        leave(node, "remove");
        return node;
    }

    /** The commit that should have dropped it failed. */
    synchronized void stays(Node node, State before) {
        if (node.is(State.LEAVING)) {
            index.moveTo(node, before, "commit failed");
            index.pack(node);
            expiring.mayExpire(node);
        }
    }

    synchronized void removed(Node node) {
        drop(node, "removed");
        wake(node.name);
    }

    // ---- quarantine

    /**
     * Takes the node's name away; a loader or replacement that is under way goes on. A node that a
     * commit is about to drop is left to it: its slot may be another's behind that.
     */
    synchronized void quarantine(Node node, String reason) {
        if (loseName(node, reason)) {
            quarantined.add(node, reason);
        }
    }

    /** The same of a node whose page does not verify: at the next start it owns nothing. */
    synchronized void quarantineUnreadable(Node node, String reason) {
        quarantine(node, reason);
        if (node.is(State.QUARANTINED)) {
            charged.gone(node);
        }
    }

    /** Called under the monitor; false when it had no name to lose. */
    boolean loseName(Node node, String reason) {
        if (node.is(State.QUARANTINED) || node.is(State.ABSENT) || node.is(State.LEAVING)) {
            return false;
        }
        index.moveTo(node, State.QUARANTINED, reason);
        index.unname(node);
        index.addUnnamed(node);
        if (node.replacement != null) {
            index.name(node.replacement);
            node.replacement = null;
        }
        wake(node.name);
        return true;
    }

    /**
     * As {@link #quarantineUnreadable(Node, String)}, of a node that nobody used; answers its name
     * if it is still there, empty where the claim is not its name.
     */
    synchronized Optional<String> quarantine(
            Listed.AtRest place, String claimedName, String reason) {
        Node node = index.atSlot(place.slot(), place.sequence(), claimedName);
        if (node == null) {
            return Optional.empty();
        }
        quarantineUnreadable(node, reason);
        return Optional.of(node.name);
    }

    // ---- questions

    /** The node by that name, pinned. */
    synchronized Optional<Node> pin(String name) {
        Optional<Node> node =
                Optional.ofNullable(index.named(name)).filter(named -> !expiring.isOver(named));
        node.ifPresent(named -> named.pins++);
        return node;
    }

    synchronized long count(State state) {
        return state == State.QUARANTINED ? quarantined.size() : index.count(state);
    }

    // ---- waiting

    synchronized void await(String name, Runnable waiter) {
        waiters.add(name, waiter);
    }

    synchronized void stopWaiting(String name, Runnable waiter) {
        waiters.remove(name, waiter);
    }

    /** Called under the monitor. */
    void wake(String name) {
        waiters.take(name).forEach(wakeUps::execute);
    }
}
