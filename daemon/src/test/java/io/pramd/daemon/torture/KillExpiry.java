package io.pramd.daemon.torture;

import io.pramd.client.LoadOptions;
import io.pramd.client.NotSentException;
import io.pramd.client.OutcomeUnknownException;
import io.pramd.client.PramClient;
import io.pramd.client.RejectedException;
import io.pramd.daemon.torture.KillHand.LifeIsOver;
import io.pramd.protocol.Errno;
import io.pramd.protocol.StreamType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** One owner. Asks for nodes just when their time is over: nobody may get them any more. */
final class KillExpiry {
    private static final long WAIT_MILLIS_MAX = 1500;
    private static final long LOOK_NANOS = 2_000_000;

    /** Asks in any way for what must not be there. */
    private interface Way {
        void ask(PramClient client, String name, KillNode node);
    }

    private static final List<Way> WAYS =
            List.of(
                    (client, name, node) -> client.stat(name),
                    (client, name, node) -> client.remove(name),
                    (client, name, node) -> client.removeIfSequence(name, node.sequence()),
                    KillExpiry::load,
                    KillExpiry::peek);

    private final KillHand hand;
    private final BooleanSupplier isGivenUp;

    KillExpiry(KillHand hand, BooleanSupplier isGivenUp) {
        this.hand = hand;
        this.isGivenUp = isGivenUp;
    }

    /** Waits for the end of one that ends soon, if there is one. */
    void ask() throws LifeIsOver {
        Optional<String> soon =
                hand.journal.names().stream().filter(name -> endsSoon(hand.sure(name))).findAny();
        if (soon.isEmpty()) {
            return;
        }
        String name = soon.get();
        KillNode node = hand.sure(name).orElse(null); // or its time was over just now
        while (hand.sure(name).isPresent() && !isGivenUp.getAsBoolean()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        if (node != null && !isGivenUp.getAsBoolean()) {
            askInTime(name, node);
        }
    }

    private static boolean endsSoon(Optional<KillNode> state) {
        return state.map(KillNode::life)
                .filter(life -> life.isLimited() && life.latest() != Long.MAX_VALUE)
                .filter(life -> life.latest() - KillLife.now() < WAIT_MILLIS_MAX)
                .isPresent();
    }

    private void askInTime(String name, KillNode node) throws LifeIsOver {
        try {
            requireOver(hand, hand.random.nextInt(WAYS.size()), name, node);
            hand.tally.add("askedLate", 1);
        } catch (NotSentException e) {
            throw hand.notSent(e, "question for " + name);
        } catch (OutcomeUnknownException e) {
            throw new LifeIsOver(e);
        }
    }

    private static void load(PramClient client, String name, KillNode node) {
        if (node.type() == StreamType.PAGE) {
            client.openPageLoad(name, LoadOptions.defaults()).abort();
        } else {
            client.openLoad(name, LoadOptions.defaults()).abort();
        }
    }

    private static void peek(PramClient client, String name, KillNode node) {
        if (node.type() == StreamType.PAGE) {
            client.openPagePeek(name, LoadOptions.defaults()).abort();
        } else {
            client.openPeek(name, LoadOptions.defaults()).abort();
        }
    }

    /** Asks in each way for a node whose time is over. */
    static void requireOver(KillHand hand, String name, KillNode node) {
        for (int way = 0; way < WAYS.size(); way++) {
            requireOver(hand, way, name, node);
        }
    }

    private static void requireOver(KillHand hand, int way, String name, KillNode node) {
        try {
            WAYS.get(way).ask(hand.client, name, node);
            hand.faults.wrong("over, and served: way=" + way + " name=" + name + " " + node);
        } catch (RejectedException e) {
            if (e.errno() != Errno.ENOENT) {
                hand.requireRefusal(e, "question, way " + way + ",", name, Set.of());
            }
        }
    }
}
