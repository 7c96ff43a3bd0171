package io.pramd.daemon.node;

/**
 * Immutable. A node that has lost its name.
 *
 * @param name empty where nothing proves it
 */
public record QuarantinedNode(SeenNode node, String name, String reason) {

    static QuarantinedNode of(Quarantined damage) {
        return new QuarantinedNode(SeenNode.of(damage.node()), damage.node().name, damage.reason());
    }

    public long pfn() {
        return node.pfn();
    }
}
