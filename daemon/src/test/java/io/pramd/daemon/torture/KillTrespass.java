package io.pramd.daemon.torture;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.NotSentException;
import io.pramd.client.OutcomeUnknownException;
import io.pramd.client.RejectedException;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.torture.KillHand.LifeIsOver;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import java.util.List;
import java.util.Set;

/** One owner. Asks for what is not its own, and for what only an operator may have done. */
final class KillTrespass {
    private static final List<String> WORKERS = KillClient.workers();
    private static final long BYTES_GROWN = 1L << 40;

    private final KillHand hand;

    KillTrespass(KillHand hand) {
        this.hand = hand;
    }

    /** Something that must be refused. */
    private interface Request {
        void send();
    }

    /** All kinds of requests for what others may have. */
    void ask() throws LifeIsOver {
        String own = hand.pass.principal();
        String other = own;
        while (other.equals(own)) {
            other = WORKERS.get(hand.random.nextInt(WORKERS.size()));
        }
        boolean isSeen = KillGuard.hasNeighbour(own) && KillGuard.neighbour(own).equals(other);
        Errno refusal = isSeen ? Errno.EACCES : Errno.ENOENT;
        String name = other + "/" + hand.random.nextInt(KillHand.NAMES);
        try {
            switch (hand.random.nextInt(isSeen ? 5 : 8)) {
                case 0 -> refused("load", name, refusal, () -> load(name));
                case 1 -> refused("removal", name, refusal, () -> hand.client.remove(name));
                case 2 -> refused("save", name, refusal, () -> save(name));
                case 3 -> refused("check", "", Errno.EACCES, () -> hand.client.check());
                case 4 -> refused("grow", "", Errno.EACCES, () -> hand.client.grow(BYTES_GROWN));
                case 5 ->
                        refused(
                                "peek",
                                name,
                                refusal,
                                () -> hand.client.openPeek(name, LoadOptions.defaults()).abort());
                case 6 -> refused("stat", name, refusal, () -> hand.client.stat(name));
                default -> requireUnseen(other + "/");
            }
            hand.tally.add("trespasses", 1);
        } catch (NotSentException e) {
            throw hand.notSent(e, "trespass");
        } catch (OutcomeUnknownException e) {
            throw new LifeIsOver(e);
        }
    }

    private void load(String name) {
        LoadStream in = hand.client.openLoad(name, LoadOptions.defaults());
        in.abort();
    }

    private void save(String name) {
        hand.client.save(name, SaveOptions.defaults().withReplace(true), new byte[1]);
    }

    private void refused(String what, String name, Errno refusal, Request request) {
        try {
            request.send();
            hand.faults.wrong(what + " of what is another one's: name=" + name);
        } catch (RejectedException e) {
            hand.requireRefusal(e, what, name, Set.of(refusal));
        }
    }

    private void requireUnseen(String prefix) {
        List<NodeRecord> seen = hand.client.list(prefix);
        if (!seen.isEmpty()) {
            hand.faults.wrong(hand.pass.principal() + " sees " + seen);
        }
    }

    /** Of a list of everything nothing may be another one's. */
    static void requireOwn(KillHand hand, List<NodeRecord> all) {
        String own = hand.pass.principal();
        String neighbour = KillGuard.hasNeighbour(own) ? KillGuard.neighbour(own) : own;
        for (NodeRecord node : all) {
            if (hand.pass.isNeeded()
                    && !node.name().startsWith(own + "/")
                    && !node.name().startsWith(neighbour + "/")) {
                hand.faults.wrong(own + " sees " + node);
            }
        }
    }
}
