package io.pramd.daemon.node;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/**
 * Thread-safe: every method holds the {@link NodeTable}'s monitor, for a few steps and never for
 * I/O. Which nodes' time is over, and which of them may go: those that nobody uses.
 */
final class ExpiringNodes {
    private final NodeTable table;
    private final NodeIndex index;
    private final InstantSource clock;
    private volatile LongConsumer waker = millis -> {};

    ExpiringNodes(NodeTable table, NodeIndex index, InstantSource clock) {
        this.table = table;
        this.index = index;
        this.clock = clock;
    }

    /** Who is told, under the monitor, that there is something to do at a time. */
    void waking(LongConsumer newWaker) {
        waker = newWaker;
    }

    /** Called under the monitor: whether the node is not there any more for who comes now. */
    boolean isOver(Node node) {
        return node.expiryMillis != 0
                && !node.is(State.SAVING)
                && node.expiryMillis <= clock.millis();
    }

    /** Called under the monitor: a root reaches the node, or somebody has ceased to use it. */
    void mayExpire(Node node) {
        if (node.expiryMillis != 0 && node.isAtRest()) {
            waker.accept(node.expiryMillis);
        }
    }

    /** Nodes whose time was over then and that nobody uses, at most so many. */
    List<Listed.AtRest> due(long nowMillis, int limit) {
        synchronized (table) {
            return index.expiredAtRest(nowMillis, limit);
        }
    }

    /**
     * Makes a node leave that is due; empty when somebody uses it since, or it is gone.
     *
     * @param name that its page gives
     */
    Optional<Node> leave(Listed.AtRest place, String name) {
        synchronized (table) {
            Node node = index.atSlot(place.slot(), place.sequence(), name);
            if (node == null || !node.name.equals(name) || !mayGo(node)) {
                return Optional.empty();
            }
            leave(node);
            return Optional.of(node);
        }
    }

    private boolean mayGo(Node node) {
        return node.isAtRest() && isOver(node);
    }

    private void leave(Node node) {
        table.leave(node, "expired");
        node.expiring = new CompletableFuture<>();
    }

    /** What stands in the way of a new node of a name because nobody has dropped it yet. */
    record InTheWay(Node node, boolean isLeaving) {}

    /** The node of that name if it is to go, or is going, because its time is over; it leaves. */
    Optional<InTheWay> clear(String name) {
        synchronized (table) {
            Node node = index.named(name);
            if (node == null) {
                return Optional.empty();
            }
            if (node.is(State.LEAVING) && node.expiring != null) {
                return Optional.of(new InTheWay(node, true));
            }
            if (!mayGo(node)) {
                return Optional.empty();
            }
            leave(node);
            return Optional.of(new InTheWay(node, false));
        }
    }

    /** Nodes that will expire. */
    long count() {
        synchronized (table) {
            return index.expiries().size();
        }
    }

    /** The next time at which one expires; {@link SlotNumbers#NONE} when none does. */
    long nextAfter(long millis) {
        synchronized (table) {
            return index.expiries().leastAbove(millis);
        }
    }
}
