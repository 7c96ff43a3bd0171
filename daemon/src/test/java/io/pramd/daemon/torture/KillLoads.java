package io.pramd.daemon.torture;

import io.pramd.client.NotSentException;
import io.pramd.client.OutcomeUnknownException;
import io.pramd.client.PramException;
import io.pramd.client.RejectedException;
import io.pramd.daemon.torture.KillHand.LifeIsOver;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.StreamType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** One owner. Loads that consume, loads that do not, and peeks. */
final class KillLoads {
    private static final long RETRY_NANOS = 2_000_000;
    private static final long NOTICE_NANOS = 20_000_000_000L;

    private final KillHand hand;
    private final KillStreams streams;

    KillLoads(KillHand hand, KillStreams streams) {
        this.hand = hand;
        this.streams = streams;
    }

    private Set<Errno> refusals(Optional<KillNode> state) {
        return state.isPresent() ? Set.of() : Set.of(Errno.ENOENT);
    }

    void load() throws LifeIsOver {
        String name = hand.randomName();
        Optional<KillNode> state = hand.sure(name);
        if (state.isPresent()) {
            hand.journal.may(name, Optional.empty());
        }
        try {
            streams.load(
                    hand.client,
                    name,
                    state.orElse(KillNode.random(hand.random)),
                    Long.MAX_VALUE,
                    (node, difference, finish) -> {
                        compare("load", name, state, difference);
                        finish.run();
                    });
            hand.journal.is(name, Optional.empty());
            hand.acknowledge();
        } catch (RejectedException e) {
            hand.journal.is(name, state);
            hand.requireRefusal(e, "load", name, refusals(state));
        } catch (NotSentException e) {
            hand.journal.is(name, state);
            throw hand.notSent(e, "load of " + name);
        } catch (OutcomeUnknownException e) {
            throw new LifeIsOver(e);
        }
    }

    private void compare(String what, String name, Optional<KillNode> state, String difference) {
        if (state.isEmpty()) {
            hand.faults.wrong(what + " of what is not there: name=" + name);
        } else if (!difference.isEmpty()) {
            hand.faults.wrong(what + " of " + name + " " + state.get() + difference);
        }
    }

    /** The node stays. */
    void abort() throws LifeIsOver {
        String name = hand.randomName();
        Optional<KillNode> state = hand.sure(name);
        if (state.isEmpty()) {
            return;
        }
        long pages = hand.random.nextLong(state.get().pages() + 1);
        try {
            streams.load(
                    hand.client,
                    name,
                    state.get(),
                    pages,
                    (node, difference, finish) -> compare("aborted load", name, state, difference));
        } catch (RejectedException e) {
            hand.requireRefusal(e, "aborted load", name, refusals(state));
        } catch (NotSentException e) {
            throw hand.notSent(e, "aborted load of " + name);
        } catch (OutcomeUnknownException e) {
            hand.faults.wrong("a load that was not finished is unknown: " + e.getMessage());
        }
    }

    /** The connection goes at some moment; then the node is removed, if it is still that one. */
    void drop() throws LifeIsOver {
        String name = hand.randomName();
        Optional<KillNode> state = hand.sure(name);
        if (state.isEmpty()) {
            return;
        }
        hand.mayBeHeld(name);
        hand.journal.may(name, Optional.empty());
        try (KillDrop drop = new KillDrop(hand.way, hand.random)) {
            drop.begin();
            streams.load(
                    drop.client(),
                    name,
                    state.get(),
                    Long.MAX_VALUE,
                    (node, difference, finish) -> {
                        compare("dropped load", name, state, difference);
                        finish.run();
                    });
            hand.journal.is(name, Optional.empty());
            hand.acknowledge();
        } catch (RejectedException e) {
            hand.journal.is(name, state);
            hand.requireRefusal(e, "dropped load", name, refusals(state));
        } catch (NotSentException e) {
            hand.journal.is(name, state);
        } catch (OutcomeUnknownException e) {
            removeIfThere(name, state.get());
        }
    }

    private void removeIfThere(String name, KillNode node) throws LifeIsOver {
        long limit = System.nanoTime() + NOTICE_NANOS;
        while (true) {
            try {
                hand.client.removeIfSequence(name, node.sequence());
                hand.journal.is(name, Optional.empty());
                hand.acknowledge();
                return;
            } catch (RejectedException e) {
                if (e.errno() == Errno.ENOENT) {
                    hand.journal.is(name, Optional.empty());
                    hand.acknowledge();
                    return;
                }
                if (e.errno() != Errno.EBUSY || System.nanoTime() > limit) {
                    hand.faults.wrong("removal behind a lost finish: " + e.getMessage());
                    throw new LifeIsOver(e);
                }
                LockSupport.parkNanos(RETRY_NANOS); // the daemon has not noticed the cut
            } catch (PramException e) {
                throw new LifeIsOver(e);
            }
        }
    }

    void peek() throws LifeIsOver {
        String name = hand.randomName();
        Optional<KillNode> state = hand.sure(name);
        try {
            StreamType type = state.map(KillNode::type).orElse(StreamType.BYTE);
            KillNode known = state.orElse(KillNode.random(hand.random));
            streams.peek(
                    hand.client,
                    name,
                    type,
                    known,
                    (node, difference, finish) -> {
                        compare("peek", name, state, difference);
                        finish.run();
                    });
        } catch (RejectedException e) {
            hand.requireRefusal(e, "peek", name, refusals(state));
        } catch (NotSentException e) {
            throw hand.notSent(e, "peek of " + name);
        } catch (OutcomeUnknownException e) {
            hand.faults.wrong("a peek is unknown: " + e.getMessage());
        }
    }

    void peekRange() throws LifeIsOver {
        String name = hand.randomName();
        Optional<KillNode> state = hand.sure(name);
        if (state.isEmpty() || state.get().type() == StreamType.PAGE) {
            return;
        }
        long from = hand.random.nextLong(state.get().length());
        try {
            int bytes = 1 + hand.random.nextInt(100_000);
            String difference = streams.peekRange(hand.client, name, state.get(), from, bytes);
            compare("peek of a range", name, state, difference);
        } catch (RejectedException e) {
            hand.requireRefusal(e, "peek of a range", name, Set.of());
        } catch (NotSentException e) {
            throw hand.notSent(e, "peek of a range of " + name);
        }
    }

    /** What somebody else is busy with: whatever it is, it is whole. */
    void peekAtOthers() throws LifeIsOver {
        try {
            List<NodeRecord> all = hand.client.list("");
            KillTrespass.requireOwn(hand, all);
            if (all.isEmpty()) {
                return;
            }
            NodeRecord some = all.get(hand.random.nextInt(all.size()));
            if (some.state() == NodeState.QUARANTINED) {
                hand.faults.wrong("quarantined: " + some);
            } else {
                peekAt(some);
            }
        } catch (RejectedException e) {
            hand.requireRefusal(e, "list", "", Set.of());
        } catch (NotSentException e) {
            throw hand.notSent(e, "peek at others");
        }
    }

    private void peekAt(NodeRecord some) {
        try {
            streams.peek(
                    hand.client,
                    some.name(),
                    some.type(),
                    null,
                    (node, difference, finish) -> {
                        if (!difference.isEmpty()) {
                            hand.faults.wrong("peek at others: " + node + difference);
                        }
                        finish.run();
                    });
        } catch (RejectedException e) {
            // gone, being saved, or replaced by one of the other type
            Set<Errno> allowed = Set.of(Errno.ENOENT, Errno.EBUSY, Errno.EPERM);
            hand.requireRefusal(e, "peek at others", some.name(), allowed);
        }
    }
}
