package io.pramd.daemon.torture;

import io.pramd.client.RejectedException;
import io.pramd.daemon.torture.KillHand.LifeIsOver;
import io.pramd.daemon.torture.KillJournal.Fate;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.SaveId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One owner. Compares all that one worker's names hold with what they may hold. */
final class KillSettlement {
    private static final int FATES_ASKED_MAX = 12;

    private final KillHand hand;
    private final KillStreams streams;
    private int verified;

    KillSettlement(KillHand hand, KillStreams streams) {
        this.hand = hand;
        this.streams = streams;
    }

    int settle() throws LifeIsOver {
        Map<String, NodeRecord> found = new HashMap<>();
        for (NodeRecord node : hand.client.list(hand.prefix)) {
            // one whose time is over may just be going
            if (node.state() != NodeState.READY && !KillQuestions.isOver(node)) {
                hand.faults.wrong("not ready while nobody works: " + node);
            }
            found.put(node.name(), node);
        }
        List<SaveId> inDoubt = new ArrayList<>();
        for (String name : hand.journal.names()) {
            Optional<NodeRecord> there = Optional.ofNullable(found.remove(name));
            if (there.filter(KillQuestions::isOver).isPresent()) {
                // listed until it is dropped, and there for nobody
                KillExpiry.requireOver(hand, name, KillNode.claimedBy(there.get()));
                there = Optional.empty();
            }
            settle(name, there, inDoubt);
        }
        if (!found.isEmpty()) {
            hand.faults.wrong("never saved: " + found.values());
        }
        askForFates(inDoubt);
        if (hand.pass.isNeeded()) {
            KillTrespass.requireOwn(hand, hand.client.list(""));
            KillUsage.ofOwn(hand.client, hand.pass.principal()).forEach(hand.faults::wrong);
        }
        return verified;
    }

    private void settle(String name, Optional<NodeRecord> found, List<SaveId> inDoubt) {
        Set<Optional<KillNode>> possible = Set.copyOf(hand.journal.possible(name));
        Optional<KillNode> shown = found.flatMap(node -> match(name, possible, node));
        if (found.isEmpty() && !possible.contains(Optional.<KillNode>empty())) {
            Optional<KillNode> ending = hand.journal.ending(name);
            if (ending.isPresent()) {
                hand.expired(name, ending.get());
            } else {
                hand.faults.lost("nothing is there: name=" + name + " possible=" + possible);
            }
        }
        Optional<KillNode> is = shown.filter(node -> verify(name, node));
        if (possible.size() > 1) {
            for (Optional<KillNode> each : possible) {
                each.ifPresent(node -> decide(node, is, inDoubt));
            }
        }
        if (!possible.equals(Set.of(is))) {
            hand.journal.is(name, is);
        }
    }

    private Optional<KillNode> match(
            String name, Set<Optional<KillNode>> possible, NodeRecord record) {
        for (Optional<KillNode> each : possible) {
            if (each.isPresent() && each.get().saveId().equals(record.saveId())) {
                String difference = each.get().differenceTo(record);
                if (!record.owner().equals(hand.pass.principal())) {
                    difference += " owner=" + record.owner();
                }
                if (!difference.isEmpty()) {
                    hand.faults.wrong("record of " + name + difference);
                }
                return each.map(node -> node.shownBy(record));
            }
        }
        String text = "something else is there: " + record + " possible=" + possible;
        if (possible.contains(Optional.<KillNode>empty())) {
            hand.faults.wrong(text);
        } else {
            hand.faults.lost(text);
        }
        return Optional.of(KillNode.claimedBy(record));
    }

    /** Reads all of it; answers whether it is still there. */
    private boolean verify(String name, KillNode node) {
        try {
            streams.peek(
                    hand.client,
                    name,
                    node.type(),
                    node,
                    (record, difference, finish) -> {
                        if (!difference.isEmpty()) {
                            hand.faults.wrong("contents of " + name + " " + node + difference);
                        }
                        finish.run();
                    });
            verified++;
        } catch (RejectedException e) {
            if (e.errno() == Errno.ENOENT && node.life().mayBeOver()) {
                hand.expired(name, node);
                return false;
            }
            hand.faults.lost("cannot be read: name=" + name + " " + node + " " + e.getMessage());
        }
        return true;
    }

    private void decide(KillNode node, Optional<KillNode> is, List<SaveId> inDoubt) {
        boolean isIt = is.filter(there -> there.saveId().equals(node.saveId())).isPresent();
        if (is.isEmpty() && node.life().mayBeOver()) {
            hand.journal.fate(node.saveId(), Fate.EXPIRED); // if it was done
        } else if (isIt || node.sequence() != 0) {
            hand.journal.fate(node.saveId(), Fate.SAVED);
        } else {
            hand.journal.fate(node.saveId(), Fate.NEVER);
        }
        inDoubt.add(node.saveId());
    }

    /** Those in doubt, and some of those that were certain before. */
    private void askForFates(List<SaveId> inDoubt) throws LifeIsOver {
        List<SaveId> asked = new ArrayList<>(inDoubt);
        List<SaveId> all = new ArrayList<>(hand.journal.fates().keySet());
        for (int i = 0; i < FATES_ASKED_MAX && !all.isEmpty(); i++) {
            asked.add(all.get(hand.random.nextInt(all.size())));
        }
        for (SaveId saveId : asked) {
            KillQuestions.requireFate(hand, saveId);
        }
    }
}
