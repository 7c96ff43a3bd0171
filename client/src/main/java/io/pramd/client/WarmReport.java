package io.pramd.client;

import io.pramd.protocol.NodeRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Immutable: how a {@link WarmState} began. Its text is one line.
 *
 * @param name of the node
 * @param reason why it was restored or built
 * @param detail of the reason; empty where there is nothing to add
 * @param failure that made it build; what the reader threw, say
 * @param node that was found under the name, whether or not it was restored
 * @param waited for another process to end its save
 * @param waitedInVain that save had not ended when the time was up
 * @param took all of it, waiting, reading and building
 */
public record WarmReport(
        String name,
        Reason reason,
        String detail,
        Optional<Throwable> failure,
        Optional<NodeRecord> node,
        Duration waited,
        boolean waitedInVain,
        Duration took) {

    /** Immutable: where the state is from. */
    public enum Origin {
        /** Read from the node. */
        RESTORED,
        /** Built. */
        REBUILT
    }

    /** Immutable: why it is from there. */
    public enum Reason {
        /** Restored: the node is there, fits, and was read. */
        NODE_READ("the node was read"),
        /** There is no node. */
        NO_NODE("there is no node"),
        /** The node was saved under another fingerprint. */
        FINGERPRINT_DIFFERS("the fingerprint differs"),
        /** The node is a stream of pages, not of bytes. */
        WRONG_TYPE("the node is a page stream"),
        /** The node is being saved for the first time, and was not there in time. */
        BEING_SAVED("the node is still being saved"),
        /** The node, or a page of it, does not verify. */
        DAMAGED("the node is damaged"),
        /** The reader threw, or returned null. */
        READER_FAILED("the reader failed"),
        /** No daemon answered, or not to the end. */
        UNREACHABLE("the daemon was not reached"),
        /** The daemon said no for another reason. */
        REFUSED("the daemon refused");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        static Reason of(PramException failure) {
            if (failure instanceof NotSentException) {
                return UNREACHABLE;
            }
            return switch (failure.errno()) {
                case ENOENT -> NO_NODE;
                case EBUSY -> BEING_SAVED;
                case EIO -> DAMAGED;
                default -> REFUSED;
            };
        }
    }

    /** Where the state is from. */
    public Origin origin() {
        return reason == Reason.NODE_READ ? Origin.RESTORED : Origin.REBUILT;
    }

    /** Length of the node that was restored; 0 for a state that was built. */
    public long bytes() {
        return reason == Reason.NODE_READ ? node.map(NodeRecord::length).orElse(0L) : 0;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("warm state ").append(name);
        if (reason == Reason.NODE_READ) {
            NodeRecord read = node.orElseThrow();
            text.append(": restored ").append(bytes()).append(" bytes in ").append(took.toMillis());
            text.append(" ms: saved=").append(Instant.ofEpochMilli(read.createdMillis()));
            text.append(" sequence=").append(read.sequence());
        } else {
            text.append(": built in ").append(took.toMillis()).append(" ms, since ");
            text.append(reason.text);
        }
        if (!detail.isEmpty()) {
            text.append(": ").append(detail);
        }
        if (!waited.isZero()) {
            text.append(waitedInVain ? "; waited in vain " : "; waited ").append(waited.toMillis());
            text.append(" ms for a save to end");
        }
        return text.toString();
    }
}
