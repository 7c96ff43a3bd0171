package io.pramd.client;

import io.pramd.protocol.AskOutcome;
import io.pramd.protocol.NodeStat;
import io.pramd.protocol.OutcomeIs;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StatNode;

/** One owner: finds out what became of a save whose answer was lost. */
final class Settlement {
    private final Connections connections;
    private final Call call;

    Settlement(Connections connections, Call call) {
        this.connections = connections;
        this.call = call;
    }

    /**
     * Asks until there is an answer, or the call's deadline or the client's patience ends.
     *
     * @param sequence that the daemon gave the save when it was opened; 0 where that is not known
     * @return the node's sequence: it was saved
     * @throws NotSentException that {@link NotSentException#isNotDone()}
     */
    long settle(SaveId saveId, long sequence, OutcomeUnknownException lost) {
        if (saveId.isNone()) {
            throw lost;
        }
        OutcomeIs answer;
        try {
            answer = ask(saveId);
        } catch (PramException e) {
            lost.addSuppressed(e);
            throw lost;
        }
        return switch (answer.outcome()) {
            case DONE -> answer.sequence();
            case GONE -> sequence;
            case NOT_DONE -> throw NotSentException.notDone(call, lost);
            case UNKNOWN ->
                    throw isOlderNodeStillThere(sequence)
                            ? NotSentException.notDone(call, lost)
                            : lost;
        };
    }

    /**
     * A daemon that has been restarted knows of a save only that it is done. But what was there
     * before, and was to be replaced, would be gone; and of the save that was opened at the daemon
     * before, nothing can come any more.
     */
    private boolean isOlderNodeStillThere(long sequence) {
        try {
            Deadline patience = Deadline.in(call.noProgress()).orEarlier(call.deadline());
            Call question = new Call("stat", call.name(), call.noProgress(), patience);
            NodeStat found = (NodeStat) connections.ask(new StatNode(0, call.name()), question);
            return found.node().sequence() > 0 && found.node().sequence() < sequence;
        } catch (PramException e) {
            return false;
        }
    }

    private OutcomeIs ask(SaveId saveId) {
        Deadline patience = Deadline.in(call.noProgress()).orEarlier(call.deadline());
        Call question = new Call("outcome", call.name(), call.noProgress(), patience);
        return (OutcomeIs) connections.ask(new AskOutcome(saveId), question);
    }
}
