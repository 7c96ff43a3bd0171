package io.pramd.daemon.node;

import io.pramd.daemon.quota.Quotas;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Charges the nodes that are there to prefixes that became limited while the store
 * runs. Names are in the node pages only, so all of them are read, on a worker, beside all that
 * goes on.
 *
 * <p>Why it is exact: when the count begins the new rules are in force, so each node that is
 * published from then on is charged by them. An older node has a sequence, a ticket of the old
 * rules, and stays where it is until it is dropped. The count goes through the nodes in sequence
 * order, in parts that the table gives at one moment: behind each part it has met every older node
 * up to there that has not been dropped. Each it meets is charged anew, under the table's monitor,
 * where it cannot be dropped at the same time: the new ticket is what its drop will give back. A
 * node that it meets though it was published later is charged to the same accounts again, and so is
 * one that it meets twice. Nodes that lose their names meanwhile are met with or behind the others:
 * those without names come last.
 */
final class PrefixCount {
    private static final Logger LOG = LoggerFactory.getLogger(PrefixCount.class);
    private static final int BATCH = 1024;

    private final NodeTable table;
    private final Naming naming;
    private final NodeDescriber describer;
    private final LoadStream.Owner owner;
    private final Quotas quotas;
    private final Executor workers;
    private final AtomicBoolean isAskedFor = new AtomicBoolean();
    private final AtomicBoolean isUnderWay = new AtomicBoolean();

    /** Where the nodes are. */
    record Nodes(NodeTable table, Naming naming, NodeDescriber describer, LoadStream.Owner owner) {}

    PrefixCount(Nodes nodes, Quotas quotas, Executor workers) {
        this.table = nodes.table();
        this.naming = nodes.naming();
        this.describer = nodes.describer();
        this.owner = nodes.owner();
        this.quotas = quotas;
        this.workers = workers;
    }

    /** The rules have changed: counts what there is to count, once all nodes have names. */
    void request() {
        isAskedFor.set(true);
        naming.allNamed().thenRun(this::handOver);
    }

    private void handOver() {
        if (!isAskedFor.get() || !isUnderWay.compareAndSet(false, true)) {
            return; // whoever counts looks once more when it is done
        }
        try {
            workers.execute(this::run);
        } catch (RejectedExecutionException e) {
            LOG.debug("the store ends: {}", e.getMessage());
        }
    }

    private void run() {
        try {
            while (isAskedFor.getAndSet(false)) {
                Optional<Runnable> counted = quotas.beginCount();
                if (counted.isPresent()) {
                    count();
                    counted.get().run();
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("prefixes are not counted, and not limited, until the rules change", e);
        } finally {
            isUnderWay.set(false);
        }
        handOver();
    }

    private void count() {
        List<Listed> batch = table.seen().after(0, BATCH);
        while (!batch.isEmpty()) {
            batch.forEach(this::chargeAgain);
            batch = table.seen().after(batch.getLast().sequence(), BATCH);
        }
        for (Node node : table.charged().unnamed()) {
            describer.ifWhole(node).ifPresent(info -> table.charged().again(node, info));
        }
    }

    private void chargeAgain(Listed listed) {
        switch (listed) {
            case Listed.AtRest place ->
                    describer.describe(place).ifPresent(info -> table.charged().again(place, info));
            case Listed.InUse(Node node) -> {
                try {
                    describer.ifWhole(node).ifPresent(info -> table.charged().again(node, info));
                } finally {
                    owner.unpin(node);
                }
            }
        }
    }
}
