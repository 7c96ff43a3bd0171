package io.pramd.client;

import io.pramd.protocol.AllRemoved;
import io.pramd.protocol.AskCheck;
import io.pramd.protocol.AskInfo;
import io.pramd.protocol.AskOutcome;
import io.pramd.protocol.Checked;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Grow;
import io.pramd.protocol.Grown;
import io.pramd.protocol.InfoIs;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.ListNodes;
import io.pramd.protocol.Listing;
import io.pramd.protocol.Message;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeStat;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.OutcomeIs;
import io.pramd.protocol.Ping;
import io.pramd.protocol.RemoveAll;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.Removed;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StatNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Thread-safe: the calls that are one request and one answer, or a few of them. */
final class Requests {
    /** Where the daemon must write zeros for its new frames nothing is heard of it for long. */
    private static final Duration GROWTH_PATIENCE = Duration.ofHours(1);

    private final Connections connections;

    Requests(Connections connections) {
        this.connections = connections;
    }

    List<NodeRecord> list(String prefix) {
        Call call = call("list", Refusals.requirePrefix(prefix));
        return told(call, () -> listAll(prefix, call));
    }

    /** With a deadline; null: none. */
    NodeRecord stat(String name, Duration deadline) {
        StatNode request = new StatNode(0, Refusals.requireName(name));
        return stat(request, connections.call("stat", name, deadline));
    }

    NodeRecord statQuarantined(long pfn) {
        return stat(new StatNode(Refusals.requirePfn(pfn), ""), call("stat", ""));
    }

    long remove(String name) {
        RemoveNode request = new RemoveNode(0, 0, Refusals.requireName(name));
        return ((Removed) change(request, call("remove", name))).sequence();
    }

    /** Under its sequence no other node can be hit: it may be asked for again. */
    long removeIfSequence(String name, long sequence) {
        RemoveNode request = new RemoveNode(sequence, 0, Refusals.requireName(name));
        Call call = call("remove", name);
        return told(call, () -> removeUntilGone(request, call));
    }

    long removeQuarantined(long pfn) {
        RemoveNode request = new RemoveNode(0, Refusals.requirePfn(pfn), "");
        return ((Removed) change(request, call("remove", ""))).sequence();
    }

    long removeAll(String prefix) {
        RemoveAll request = new RemoveAll(Refusals.requirePrefix(prefix));
        return ((AllRemoved) change(request, call("remove all", prefix))).count();
    }

    SaveOutcome outcome(SaveId saveId) {
        OutcomeIs answer = (OutcomeIs) ask(new AskOutcome(saveId), call("outcome", ""));
        return new SaveOutcome(
                answer.outcome(),
                answer.outcome() == Outcome.DONE
                        ? OptionalLong.of(answer.sequence())
                        : OptionalLong.empty());
    }

    Map<String, InfoValue> info() {
        return ((InfoIs) ask(new AskInfo(), call("info", ""))).values();
    }

    CheckReport check() {
        Checked answer = (Checked) ask(new AskCheck(), call("check", ""));
        return new CheckReport(answer.clean(), answer.problems());
    }

    /** To a size that the file may have already: it may be asked for again. */
    long grow(long bytes) {
        Call call = new Call("grow", "", GROWTH_PATIENCE, Deadline.NEVER);
        return ((Grown) change(new Grow(bytes), call)).bytes();
    }

    void ping() {
        ask(new Ping(), call("ping", ""));
    }

    private NodeRecord stat(StatNode request, Call call) {
        return ((NodeStat) ask(request, call)).node();
    }

    private List<NodeRecord> listAll(String prefix, Call call) {
        List<NodeRecord> nodes = new ArrayList<>();
        long afterSequence = 0;
        long afterPfn = 0;
        while (true) {
            ListNodes request = new ListNodes(0, afterSequence, afterPfn, prefix);
            Listing listing = (Listing) connections.ask(request, call);
            nodes.addAll(listing.nodes());
            if (!listing.more() || listing.nodes().isEmpty()) {
                return nodes;
            }
            NodeRecord last = listing.nodes().get(listing.nodes().size() - 1);
            afterSequence = last.sequence();
            afterPfn = last.pfn();
        }
    }

    private long removeUntilGone(RemoveNode request, Call call) {
        Repeater repeater = new Repeater(connections, call);
        boolean lostBefore = false;
        while (true) {
            try {
                return ((Removed) connections.request(request, call, Effect.CHANGE)).sequence();
            } catch (OutcomeUnknownException e) {
                repeater.pauseFor(e);
                lostBefore = true;
            } catch (PramException e) {
                boolean gone = e.errno() == Errno.ENOENT || e.errno() == Errno.ESTALE;
                if (lostBefore && gone) {
                    return request.ifSequence();
                }
                pauseOrSayUnknown(repeater, e, lostBefore, call);
            }
        }
    }

    /**
     * Once an answer has been lost, not to reach the daemon again, or to be refused, does not mean
     * that the node is there.
     */
    private static void pauseOrSayUnknown(
            Repeater repeater, PramException e, boolean lostBefore, Call call) {
        try {
            repeater.pauseOrThrow(e);
        } catch (PramException last) {
            throw lostBefore
                    ? new OutcomeUnknownException(
                            last.errno(),
                            call + ": the answer was lost, and then: " + last.getMessage(),
                            last)
                    : last;
        }
    }

    /** A request that changes nothing: repeated while that may help. */
    private Message ask(Message request, Call call) {
        return told(call, () -> connections.ask(request, call));
    }

    /** A request that must not be carried out twice: only reaching the daemon is tried again. */
    private Message change(Message request, Call call) {
        Repeater repeater = new Repeater(connections, call);
        return told(
                call,
                () -> repeater.repeat(() -> connections.request(request, call, Effect.CHANGE)));
    }

    private <T> T told(Call call, Supplier<T> verb) {
        return connections.listeners().told(call, verb);
    }

    private Call call(String verb, String name) {
        return connections.call(verb, name, null);
    }
}
