package io.pramd.daemon.torture;

import io.pramd.client.NotSentException;
import io.pramd.client.OutcomeUnknownException;
import io.pramd.client.PramException;
import io.pramd.client.RejectedException;
import io.pramd.client.SaveOutcome;
import io.pramd.daemon.torture.KillHand.LifeIsOver;
import io.pramd.daemon.torture.KillJournal.Fate;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.SaveId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** One owner. Removals, and questions that change nothing. */
final class KillQuestions {
    private static final long RETRY_NANOS = 2_000_000;
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final int SEQUENCES_OF_OTHERS = 3;

    private final KillHand hand;

    KillQuestions(KillHand hand) {
        this.hand = hand;
    }

    void remove() throws LifeIsOver {
        String name = hand.randomName();
        Optional<KillNode> state = hand.sure(name);
        long sequence = state.map(KillNode::sequence).orElse(0L);
        boolean isExact = hand.random.nextBoolean() && sequence != 0;
        if (state.isPresent()) {
            hand.journal.may(name, Optional.empty());
        }
        try {
            long removed =
                    isExact
                            ? hand.client.removeIfSequence(name, sequence)
                            : hand.client.remove(name);
            if (removed != sequence) {
                hand.faults.wrong("removed " + removed + " and not " + state + " name=" + name);
            }
            hand.journal.is(name, Optional.empty());
            hand.acknowledge();
        } catch (RejectedException e) {
            hand.journal.is(name, state);
            hand.requireRefusal(
                    e, "removal", name, state.isPresent() ? Set.of() : Set.of(Errno.ENOENT));
        } catch (NotSentException e) {
            hand.journal.is(name, state);
            throw hand.notSent(e, "removal of " + name);
        } catch (OutcomeUnknownException e) {
            throw new LifeIsOver(e);
        }
    }

    /** Must miss. */
    void removeOther() throws LifeIsOver {
        String name = hand.randomName();
        Optional<KillNode> state = hand.sure(name);
        long some = 1 + hand.random.nextInt(SEQUENCES_OF_OTHERS);
        // the first nodes of a file have such sequences, too
        boolean isThis = state.filter(node -> node.sequence() == some).isPresent();
        long other = isThis ? some + SEQUENCES_OF_OTHERS : some;
        try {
            hand.client.removeIfSequence(name, other);
            hand.faults.wrong("removed another than was meant: name=" + name + " " + state);
        } catch (RejectedException e) {
            Errno expected = state.isPresent() ? Errno.ESTALE : Errno.ENOENT;
            hand.requireRefusal(e, "removal by sequence", name, Set.of(expected));
        } catch (NotSentException e) {
            throw hand.notSent(e, "removal of " + name);
        } catch (OutcomeUnknownException e) {
            throw new LifeIsOver(e); // it can only have missed
        }
    }

    void list() throws LifeIsOver {
        try {
            long sequence = 0;
            List<String> missing = new ArrayList<>();
            for (String name : hand.journal.names()) {
                if (hand.sure(name).isPresent()) {
                    missing.add(name);
                }
            }
            for (NodeRecord node : hand.client.list(hand.prefix)) {
                missing.remove(node.name());
                if (node.sequence() <= sequence) {
                    hand.faults.wrong("listed out of order: " + node);
                }
                sequence = node.sequence();
                compare(node);
            }
            missing.removeIf(name -> hand.journal.ending(name).isPresent());
            if (!missing.isEmpty()) {
                hand.faults.lost("not listed: " + missing);
            }
        } catch (RejectedException e) {
            hand.requireRefusal(e, "list", hand.prefix, Set.of());
        } catch (NotSentException e) {
            throw hand.notSent(e, "list");
        }
    }

    private void compare(NodeRecord node) {
        Optional<KillNode> state = hand.sure(node.name());
        if (node.state() == NodeState.SAVING && hand.isPerhapsHeld(node.name())) {
            return;
        }
        if (state.isEmpty() && isOver(node)) {
            return; // listed until it is dropped
        }
        boolean isHere = node.state() == NodeState.READY || node.state() == NodeState.LOADING;
        String difference =
                isHere && state.isPresent() ? state.get().differenceTo(node) : " unexpected";
        if (!node.owner().equals(hand.pass.principal())) {
            difference += " owner=" + node.owner();
        }
        if (!difference.isEmpty()) {
            hand.faults.wrong("listed " + node + " state=" + state + difference);
        }
    }

    /** Whether its time is over: then it is there for nobody who comes. */
    static boolean isOver(NodeRecord node) {
        return node.expiryMillis() != 0 && node.expiryMillis() <= KillLife.now();
    }

    /** Asks again for a save whose fate is known. */
    void ask() throws LifeIsOver {
        List<SaveId> known = new ArrayList<>(hand.journal.fates().keySet());
        if (known.isEmpty()) {
            return;
        }
        SaveId saveId = known.get(hand.random.nextInt(known.size()));
        SaveOutcome answer = outcome(hand, saveId);
        Optional<KillNode> present = present(hand, saveId);
        Fate fate = hand.journal.fates().get(saveId);
        if (fate == Fate.EXPIRED || present.filter(node -> node.life().mayBeOver()).isPresent()) {
            return; // nobody can say what the answer was when it was made
        }
        boolean isRight =
                switch (answer.outcome()) {
                    case DONE ->
                            present.isPresent()
                                    && answer.sequence().orElse(0) == present.get().sequence();
                    case NOT_DONE -> present.isEmpty() && fate == Fate.NEVER;
                    case GONE -> present.isEmpty() && fate == Fate.SAVED;
                    case UNKNOWN -> present.isEmpty();
                };
        if (!isRight) {
            hand.faults.wrong(
                    "outcome of " + saveId + " is " + answer + ", fate=" + fate + " " + present);
        }
    }

    private static Optional<KillNode> present(KillHand hand, SaveId saveId) {
        return hand.journal.names().stream()
                .map(hand::sure)
                .flatMap(Optional::stream)
                .filter(node -> node.saveId().equals(saveId))
                .findAny();
    }

    /** Asks until there is an answer. */
    static SaveOutcome outcome(KillHand hand, SaveId saveId) throws LifeIsOver {
        long limit = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                SaveOutcome answer = hand.client.outcome(saveId);
                hand.journal.note("outcome of " + saveId + " is " + answer);
                return answer;
            } catch (RejectedException e) {
                hand.requireRefusal(e, "question for " + saveId, "", Set.of());
                if (e.errno() != Errno.EAGAIN || System.nanoTime() > limit) {
                    hand.faults.wrong("no outcome of " + saveId + ": " + e.getMessage());
                    throw new LifeIsOver(e);
                }
                LockSupport.parkNanos(RETRY_NANOS);
            } catch (PramException e) {
                throw new LifeIsOver(e);
            }
        }
    }

    static Optional<NodeRecord> find(KillHand hand, String name) throws LifeIsOver {
        try {
            return hand.client.find(name);
        } catch (PramException e) {
            throw new LifeIsOver(e);
        }
    }

    /** What is known of a save must be as true as ever. */
    static void requireFate(KillHand hand, SaveId saveId) throws LifeIsOver {
        Outcome outcome = outcome(hand, saveId).outcome();
        Optional<KillNode> present = present(hand, saveId);
        boolean isPresent = present.isPresent();
        if (hand.journal.fates().get(saveId) == Fate.EXPIRED
                || present.filter(node -> node.life().mayBeOver()).isPresent()) {
            return;
        }
        if ((outcome == Outcome.DONE) != isPresent) {
            hand.faults.wrong("outcome of " + saveId + " is " + outcome + ", there=" + isPresent);
        }
    }
}
