package io.pramd.daemon.node;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One owner: guarded by the {@link NodeTable}'s monitor. The quarantined nodes, by the frame of
 * their node page.
 */
final class QuarantineList {
    private static final String OUTNUMBERED = "a newer node has this name";

    private final TreeMap<Long, Quarantined> byPfn = new TreeMap<>();
    private long total;

    void add(Node node, String reason) {
        Quarantined known = byPfn.get(node.pfn);
        boolean isTold = known != null && !known.isOutnumbered();
        Quarantined damage = new Quarantined(node, reason, false);
        enter(damage);
        if (!isTold) { // by whoever found it first
            QuarantineLog.say(damage);
        }
    }

    /** Of two nodes with one name the older. It is told of when the names are settled. */
    void addOutnumbered(Node node) {
        enter(new Quarantined(node, OUTNUMBERED, true));
    }

    private void enter(Quarantined damage) {
        total += byPfn.containsKey(damage.pfn()) ? 0 : 1;
        put(damage);
    }

    /** One that was here before. */
    void put(Quarantined damage) {
        byPfn.put(damage.pfn(), damage);
    }

    /** Something is wrong with a node that is here already. */
    void found(Node node, String reason) {
        Quarantined known = byPfn.get(node.pfn);
        boolean isOutnumbered = known != null && known.isOutnumbered();
        add(node, isOutnumbered ? OUTNUMBERED + "; " + reason : reason);
    }

    void remove(Node node) {
        Quarantined known = byPfn.get(node.pfn);
        if (known != null && known.node() == node) {
            byPfn.remove(node.pfn);
        }
    }

    Optional<Quarantined> find(long pfn) {
        return Optional.ofNullable(byPfn.get(pfn));
    }

    Quarantined require(long pfn) {
        Quarantined found = byPfn.get(pfn);
        if (found == null) {
            throw StoreException.of(Errno.ENOENT, "no quarantined node at this frame: pfn=" + pfn);
        }
        return found;
    }

    List<Quarantined> all() {
        return List.copyOf(byPfn.values());
    }

    /** Those that nothing is known to be wrong with, the newest first. */
    List<Node> outnumbered() {
        return byPfn.values().stream()
                .filter(Quarantined::isOutnumbered)
                .map(Quarantined::node)
                .sorted(Comparator.comparingLong((Node node) -> node.sequence).reversed())
                .toList();
    }

    int size() {
        return byPfn.size();
    }

    /** All that have ever come here. */
    long total() {
        return total;
    }
}
