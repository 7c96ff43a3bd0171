package io.pramd.daemon.cut;

import io.pramd.daemon.layout.NodeType;

/** Immutable. What a save put into a node, told apart from all other saves. */
record Content(NodeType type, int length, long hash) {
    /** The metadata that no two saves have in common. */
    static final String ID = "id";

    static Content of(NodeType type, String id, byte[] bytes) {
        return new Content(type, bytes.length, Page.mix(Page.hash(bytes) + id.hashCode()));
    }

    @Override
    public String toString() {
        return String.format("%s/%d/%04x", type, length, hash & 0xFFFF);
    }
}
