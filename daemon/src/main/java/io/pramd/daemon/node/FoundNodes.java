package io.pramd.daemon.node;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Thread-safe: every method holds the {@link NodeTable}'s monitor, for a few steps and never for
 * I/O. Enters into the table what the opening and the walk find.
 */
final class FoundNodes {
    private final NodeTable table;
    private final NodeIndex index;
    private final QuarantineList quarantined;
    private final ChargedNodes charged;

    FoundNodes(NodeTable table, NodeIndex index, QuarantineList quarantined, ChargedNodes charged) {
        this.charged = charged;
        this.table = table;
        this.index = index;
        this.quarantined = quarantined;
    }

    /** The opening has found so many leaf entries. */
    void expect(int nodes) {
        synchronized (table) {
            index.expect(nodes);
        }
    }

    /**
     * A node found by the opening. Of two with one name the one with the higher sequence keeps it,
     * unless the walk finds something wrong with it.
     *
     * @param owner that its page names, empty: nobody
     * @param pages that its page counts
     */
    void enter(Node node, String owner, long pages) {
        synchronized (table) {
            if (index.isKnown(node.slot)) {
                return;
            }
            index.entered(node);
            charged.found(node, owner, pages);
            if (index.isListed(node.sequence)) {
                index.addSaveKey(node);
                index.addUnnamed(node);
                table.quarantine(node, "another node has this sequence");
                return;
            }
            Node other = index.named(node.name);
            boolean isNewer = other == null || other.sequence < node.sequence;
            if (other != null) {
                outnumbered(isNewer ? other : node);
            }
            if (isNewer) {
                index.pack(node);
            }
        }
    }

    private void outnumbered(Node older) {
        index.addSaveKey(older);
        table.loseName(older, "a newer node has this name");
        quarantined.addOutnumbered(older);
    }

    /** A leaf entry found by the opening whose node page does not verify. */
    void unreadable(Node node, String reason) {
        synchronized (table) {
            if (!index.isKnown(node.slot)) {
                index.entered(node);
                index.addUnnamed(node);
                quarantined.add(node, reason);
            }
        }
    }

    /**
     * What a damaged node's page says.
     *
     * @param name that it gives
     * @param isPageWhole whether it verifies, and only its chain does not
     */
    record Claim(String name, boolean isPageWhole) {}

    /**
     * All damage is known: a node that only made way for a newer one gets its name back where the
     * newer one turned out damaged. Answers what was changed, in words.
     */
    List<String> settleNames() {
        synchronized (table) {
            List<String> settled = new ArrayList<>();
            for (Node node : quarantined.outnumbered()) {
                if (index.named(node.name) == null) {
                    quarantined.remove(node);
                    index.moveTo(node, State.READY, "the newer one is damaged");
                    index.pack(node);
                    table.wake(node.name);
                    settled.add(
                            "the newer node is damaged, an older one has the name: " + node.name);
                } else {
                    QuarantineLog.say(quarantined.require(node.pfn));
                }
            }
            return settled;
        }
    }

    /** What the walk has found of a damaged node, and counted. */
    void damaged(int slot, Claim claimed, String reason, KeptChain kept) {
        synchronized (table) {
            Node unnamed = index.unnamedAt(slot);
            Node node =
                    unnamed != null
                            ? unnamed
                            : index.atSlot(slot, index.sequenceAt(slot), claimed.name());
            if (node != null) {
                node.kept.set(kept);
                table.loseName(node, reason);
                quarantined.found(node, reason);
                if (!claimed.isPageWhole()) {
                    charged.gone(node);
                }
            }
        }
    }

    /**
     * Of some slots those, by their place among them, in which the opening has found nothing yet.
     */
    BitSet unknown(int[] slots) {
        BitSet unknown = new BitSet(slots.length);
        synchronized (table) {
            for (int i = 0; i < slots.length; i++) {
                unknown.set(i, !index.isKnown(slots[i]));
            }
        }
        return unknown;
    }
}
