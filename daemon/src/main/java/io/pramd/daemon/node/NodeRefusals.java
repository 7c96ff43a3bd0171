package io.pramd.daemon.node;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;

/** Immutable. What somebody is told whose verb is not allowed in a node's state. */
final class NodeRefusals {
    private NodeRefusals() {}

    static StoreException taken(Node present) {
        return StoreException.of(
                Errno.EEXIST,
                "name is taken: name=" + present.name + " state=" + present.describe());
    }

    static StoreException saveKeyInUse(SaveRequest request) {
        return StoreException.of(
                Errno.EINVAL, "save id is in use by another save: name=" + request.name());
    }

    static StoreException busy(Node node, String verb) {
        return StoreException.of(
                Errno.EBUSY,
                "cannot " + verb + " now: name=" + node.name + " state=" + node.describe());
    }

    /** Without the name: who may not see it has asked by the save's id. */
    static StoreException notOwn() {
        return StoreException.of(Errno.EACCES, "the open save is another principal's");
    }

    static StoreException absent(String name) {
        return StoreException.of(Errno.ENOENT, "no such node: name=" + name);
    }

    static StoreException gone(Node node) {
        return StoreException.of(Errno.ENOENT, "no such node any more: name=" + node.name);
    }

    static StoreException notLoading(Node node) {
        return StoreException.of(
                Errno.EIO,
                "node is not loading any more: name=" + node.name + " state=" + node.describe());
    }

    static void requireSequence(Node node, long expected) {
        if (expected != node.sequence) {
            throw StoreException.of(
                    Errno.ESTALE,
                    "another node by that name: name="
                            + node.name
                            + " expected="
                            + expected
                            + " actual="
                            + node.sequence);
        }
    }
}
