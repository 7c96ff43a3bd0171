package io.pramd.client;

import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.RemoveNode;

/**
 * One owner: consumes the node that was loaded. When the connection is gone it goes on over another
 * one: the same change under the sequence cannot take another node, so it may be repeated.
 */
final class Consumption {
    private final Connections connections;
    private final Call call;
    private final RemoveNode removal;
    private OutcomeUnknownException unknown;

    Consumption(Connections connections, Call call, NodeRecord node) {
        this.connections = connections;
        this.call = call;
        removal = new RemoveNode(node.sequence(), 0, call.name());
    }

    /**
     * Returns when the node is gone by this call.
     *
     * @throws NotSentException the node was not asked for
     * @throws RejectedException it is not gone, or another loader has it
     */
    void carryOut(LoadConversation conversation) {
        call.requireGoAhead();
        Repeater repeater = new Repeater(connections, call);
        try {
            conversation.consume();
            return;
        } catch (NotSentException e) {
            if (!e.isRepeatable()) {
                throw e;
            }
            repeater.comesBehind(e);
        } catch (OutcomeUnknownException e) {
            unknown = e;
        }
        while (!isRemoved(repeater)) {}
    }

    /** False: worth another attempt. */
    private boolean isRemoved(Repeater repeater) {
        try {
            connections.request(removal, call, Effect.CHANGE);
            return true;
        } catch (OutcomeUnknownException e) {
            unknown = unknown == null ? e : unknown;
            pause(repeater, e, true);
        } catch (RejectedException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ESTALE) {
                throw takenByAnother(e);
            }
            // the daemon may not have noticed yet that the connection of this load is gone
            pause(repeater, e, e.errno() == Errno.EBUSY);
        } catch (NotSentException e) {
            pause(repeater, e, false);
        }
        return false;
    }

    private void pause(Repeater repeater, PramException e, boolean isWorthIt) {
        try {
            if (isWorthIt) {
                repeater.pauseFor(e);
            } else {
                repeater.pauseOrThrow(e);
            }
        } catch (PramException last) {
            throw orUnknown(last);
        }
    }

    /** Unless a request of this call has done it, whose answer was lost: only that could tell. */
    private PramException takenByAnother(RejectedException e) {
        return orUnknown(
                new RejectedException(
                        Errno.ESTALE,
                        "the connection was lost and meanwhile "
                                + call.name()
                                + " has gone to somebody else: "
                                + e.getMessage()));
    }

    private PramException orUnknown(PramException last) {
        if (unknown == null) {
            return last;
        }
        if (last != unknown) {
            unknown.addSuppressed(last);
        }
        return unknown;
    }
}
