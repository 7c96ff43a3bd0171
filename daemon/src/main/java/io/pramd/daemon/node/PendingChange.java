package io.pramd.daemon.node;

import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.memory.Forcer;
import io.pramd.daemon.memory.FrameAllocator.Purpose;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One owner: the committer, once submitted. One change of what is reachable, and who waits for it.
 */
sealed interface PendingChange {

    /** What it must survive once it is answered. */
    Durability durability();

    /** Stores or reads what the change needs besides the directory. */
    default void seal() {}

    /** Which frames its directory pages may take. */
    default Purpose purpose() {
        return Purpose.COMMIT;
    }

    /** Whether it only gives frames back. */
    default boolean frees() {
        return purpose() == Purpose.COMMIT;
    }

    /** The leaf entry to write. */
    DirectoryTree.Change prepare(LeafEntries leaves, NodeTable table);

    /** Says which frames the root will reach because of it, all of them stored. */
    default void reached(Forcer forcer) {}

    /** Undoes {@link #prepare}; the slot of a node that was to go is still the node's. */
    default void withdraw(LeafEntries leaves, NodeTable table) {}

    /** Makes the change visible; the root that holds it is stored. */
    void apply(NodeTable table);

    /** The node whose frames nothing reaches any more. */
    Optional<Reclaimer.DroppedNode> dropped();

    void succeed();

    void fail(StoreException why);

    /** A saved stream becomes a node, in place of another or not. */
    final class Publish implements PendingChange {
        private final SaveStream stream;
        private final Node node;
        private final DroppedNodeReader reader;
        private final CompletableFuture<Long> answer;
        private Optional<Node> replaced = Optional.empty();
        private Optional<Reclaimer.DroppedNode> dropped = Optional.empty();
        private int takenSlot = Node.NO_SLOT;

        Publish(
                SaveStream stream,
                Node node,
                DroppedNodeReader reader,
                CompletableFuture<Long> answer) {
            this.stream = stream;
            this.node = node;
            this.reader = reader;
            this.answer = answer;
        }

        @Override
        public Durability durability() {
            return stream.durability();
        }

        @Override
        public void seal() {
            stream.seal();
        }

        @Override
        public void reached(Forcer forcer) {
            stream.reached(forcer);
        }

        @Override
        public Purpose purpose() {
            return stream.purpose();
        }

        @Override
        public DirectoryTree.Change prepare(LeafEntries leaves, NodeTable table) {
            replaced = table.leaveReplaced(node);
            dropped = replaced.map(reader::read);
            takenSlot = replaced.isPresent() ? Node.NO_SLOT : leaves.takeSlot();
            node.slot = replaced.map(old -> old.slot).orElse(takenSlot);
            return new DirectoryTree.Change(
                    node.slot, new PageChecksum().ofName(node.name), node.csum, node.pfn);
        }

        @Override
        public void withdraw(LeafEntries leaves, NodeTable table) {
            replaced.ifPresent(old -> table.stays(old, State.READY));
            if (takenSlot != Node.NO_SLOT) {
                leaves.giveBack(takenSlot);
            }
            node.slot = Node.NO_SLOT;
        }

        @Override
        public void apply(NodeTable table) {
            table.published(node, replaced);
        }

        @Override
        public Optional<Reclaimer.DroppedNode> dropped() {
            return dropped;
        }

        @Override
        public void succeed() {
            answer.complete(node.sequence);
        }

        @Override
        public void fail(StoreException why) {
            stream.notCommitted(why);
            answer.completeExceptionally(why);
        }
    }

    /** What all that drops nodes works with. */
    record Dropping(DroppedNodeReader reader, NodeTable table, Durability durability) {}

    /** A node loses its place: removed by name, or consumed by its loader. */
    final class Drop implements PendingChange {
        private final Node node;
        private final State before;
        private final Dropping dropping;
        private final CompletableFuture<Long> answer = new CompletableFuture<>();
        private Optional<Reclaimer.DroppedNode> dropped = Optional.empty();

        Drop(Node node, State before, Dropping dropping) {
            this.node = node;
            this.before = before;
            this.dropping = dropping;
        }

        CompletableFuture<Long> answer() {
            return answer;
        }

        @Override
        public Durability durability() {
            return dropping.durability();
        }

        @Override
        public void seal() {
            dropped = Optional.of(dropping.reader().read(node));
        }

        @Override
        public DirectoryTree.Change prepare(LeafEntries leaves, NodeTable nodes) {
            return new DirectoryTree.Change(node.slot, 0, 0, 0);
        }

        @Override
        public void apply(NodeTable nodes) {
            nodes.removed(node);
        }

        @Override
        public Optional<Reclaimer.DroppedNode> dropped() {
            return dropped;
        }

        @Override
        public void succeed() {
            answer.complete(node.sequence);
        }

        @Override
        public void fail(StoreException why) {
            dropping.table().stays(node, before);
            answer.completeExceptionally(why);
        }
    }

    /** A quarantined node is given up. */
    final class DropQuarantined implements PendingChange {
        private final Quarantined damage;
        private final Dropping dropping;
        private final CompletableFuture<Long> answer = new CompletableFuture<>();

        DropQuarantined(Quarantined damage, Dropping dropping) {
            this.damage = damage;
            this.dropping = dropping;
        }

        CompletableFuture<Long> answer() {
            return answer;
        }

        @Override
        public Durability durability() {
            return dropping.durability();
        }

        @Override
        public DirectoryTree.Change prepare(LeafEntries leaves, NodeTable nodes) {
            return new DirectoryTree.Change(damage.slot(), 0, 0, 0);
        }

        @Override
        public void apply(NodeTable nodes) {
            nodes.quarantined().removed(damage);
        }

        @Override
        public Optional<Reclaimer.DroppedNode> dropped() {
            return Optional.of(
                    new Reclaimer.DroppedNode(damage.node(), damage.node().kept.get().chain()));
        }

        @Override
        public void succeed() {
            answer.complete(Math.max(0, damage.node().sequence)); // 0: not known
        }

        @Override
        public void fail(StoreException why) {
            dropping.table().quarantined().stays(damage);
            answer.completeExceptionally(why);
        }
    }
}
