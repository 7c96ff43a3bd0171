package io.pramd.daemon.torture;

import io.pramd.client.NotSentException;
import io.pramd.client.OutcomeUnknownException;
import io.pramd.client.PramClient;
import io.pramd.client.RejectedException;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveOutcome;
import io.pramd.daemon.torture.KillHand.LifeIsOver;
import io.pramd.daemon.torture.KillJournal.Fate;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** One owner. Saves that finish, saves that are given up, saves whose connection is cut. */
final class KillSaves {
    private static final long SLACK_MILLIS = 1500;
    private static final long LOOK_NANOS = 20_000_000;

    private final KillHand hand;
    private final KillStreams streams;

    KillSaves(KillHand hand, KillStreams streams) {
        this.hand = hand;
        this.streams = streams;
    }

    private SaveOptions options(KillNode node, boolean replace) {
        Duration timeToLive =
                node.life().isLimited() ? Duration.ofMillis(node.life().ttlMillis()) : null;
        return SaveOptions.defaults()
                .withReplace(replace)
                .withTimeToLive(timeToLive)
                .withSaveId(node.saveId())
                .withMeta(node.meta())
                .withDeclaredBytes(
                        hand.random.nextBoolean() ? node.length() : SaveOptions.BYTES_UNKNOWN)
                .withDurability(hand.levels.get(hand.random.nextInt(hand.levels.size())));
    }

    private Set<Errno> refusals(String name, boolean replace) {
        Set<Errno> allowed = EnumSet.of(Errno.ENOMEM);
        if (!replace && hand.sure(name).isPresent()) {
            allowed.add(Errno.EEXIST);
        }
        return allowed;
    }

    void save() throws LifeIsOver {
        String name = hand.randomName();
        KillNode node = hand.randomNode();
        boolean replace = hand.random.nextInt(6) > 0;
        Set<Errno> allowed = refusals(name, replace);
        Optional<KillNode> taken =
                allowed.contains(Errno.EEXIST) ? hand.sure(name) : Optional.empty();
        hand.journal.may(name, Optional.of(node));
        try {
            long sequence = streams.save(hand.client, name, options(node, replace), node);
            boolean isTaken = taken.filter(held -> !held.life().mayBeOver()).isPresent();
            saved(name, node, sequence);
            if (isTaken) {
                hand.faults.wrong("save replaced what it must not: name=" + name);
            }
        } catch (RejectedException e) {
            hand.journal.not(name, Optional.of(node));
            hand.requireRefusal(e, "save", name, allowed);
        } catch (NotSentException e) {
            hand.journal.not(name, Optional.of(node));
            throw hand.notSent(e, "save of " + name);
        } catch (OutcomeUnknownException e) {
            throw new LifeIsOver(e);
        }
    }

    private void saved(String name, KillNode node, long sequence) {
        if (sequence <= hand.journal.newestSequence()) {
            hand.faults.wrong(
                    "save of "
                            + name
                            + " has an old sequence: sequence="
                            + sequence
                            + " newest="
                            + hand.journal.newestSequence());
        }
        KillNode saved = node.withSequence(sequence).living(node.life().saved());
        hand.journal.is(name, Optional.of(saved));
        hand.journal.fate(node.saveId(), Fate.SAVED);
        hand.acknowledge();
        hand.requireWithinLimits();
    }

    /** Nothing changes. */
    void discard() throws LifeIsOver {
        String name = hand.randomName();
        KillNode node = hand.randomNode();
        boolean replace = hand.random.nextBoolean();
        Set<Errno> allowed = refusals(name, replace);
        long last = hand.random.nextLong(node.pages() + 1);
        try {
            streams.save(hand.client, name, options(node, replace), node, index -> index < last);
        } catch (RejectedException e) {
            hand.requireRefusal(e, "discarded save", name, allowed);
        } catch (NotSentException e) {
            throw hand.notSent(e, "discarded save of " + name);
        } catch (OutcomeUnknownException e) {
            hand.faults.wrong("a save that was not finished is unknown: " + e.getMessage());
        }
    }

    /** Takes longer than a save may be open: it must be refused. */
    void dawdle(BooleanSupplier isGivenUp) throws LifeIsOver {
        String name = hand.randomName();
        KillNode node = hand.randomNode();
        long nanos = TimeUnit.MILLISECONDS.toNanos(KillLimits.SAVING_MILLIS_MAX + SLACK_MILLIS);
        AtomicLong opened = new AtomicLong();
        AtomicBoolean isCutShort = new AtomicBoolean();
        hand.journal.may(name, Optional.of(node));
        try {
            streams.save(
                    hand.client,
                    name,
                    options(node, true),
                    node,
                    index -> {
                        opened.compareAndSet(0, System.nanoTime());
                        while (index == node.pages()
                                && System.nanoTime() - opened.get() < nanos
                                && !isGivenUp.getAsBoolean()) {
                            LockSupport.parkNanos(LOOK_NANOS);
                        }
                        isCutShort.set(isGivenUp.getAsBoolean());
                        return !isCutShort.get();
                    });
            hand.journal.not(name, Optional.of(node));
            if (!isCutShort.get()) {
                hand.faults.wrong("saved, though it took too long: name=" + name + " " + node);
            }
        } catch (RejectedException e) {
            hand.journal.not(name, Optional.of(node));
            hand.requireRefusal(e, "slow save", name, Set.of(Errno.ENOMEM));
        } catch (NotSentException e) {
            hand.journal.not(name, Optional.of(node));
            throw hand.notSent(e, "slow save of " + name);
        } catch (OutcomeUnknownException e) {
            throw new LifeIsOver(e);
        }
    }

    /** The connection goes at some moment, then the outcome is asked for over another one. */
    void drop() throws LifeIsOver {
        String name = hand.randomName();
        KillNode node = hand.randomNode();
        boolean replace = hand.random.nextInt(6) > 0;
        Set<Errno> allowed = refusals(name, replace);
        hand.mayBeHeld(name);
        hand.journal.may(name, Optional.of(node));
        try (KillDrop drop = new KillDrop(hand.way, hand.random)) {
            PramClient dropped = drop.client();
            drop.begin();
            saved(name, node, streams.save(dropped, name, options(node, replace), node));
        } catch (RejectedException e) {
            hand.journal.not(name, Optional.of(node));
            hand.requireRefusal(e, "save", name, allowed);
        } catch (NotSentException | OutcomeUnknownException e) {
            settle(name, node);
        }
    }

    /** Makes final what became of a save whose answer was lost. */
    void settle(String name, KillNode node) throws LifeIsOver {
        SaveOutcome answer = KillQuestions.outcome(hand, node.saveId());
        switch (answer.outcome()) {
            case DONE -> saved(name, node, answer.sequence().orElse(0));
            case NOT_DONE -> notDone(name, node);
            case UNKNOWN -> {
                // fenced by the question: what is there from now on is final
                Optional<NodeRecord> found = KillQuestions.find(hand, name);
                if (found.filter(record -> record.saveId().equals(node.saveId())).isPresent()) {
                    hand.faults.wrong("unknown, and there: " + found);
                }
                notDone(name, node);
            }
            case GONE -> gone(name, node);
        }
    }

    /** Only its time can have taken it away between its end and the question. */
    private void gone(String name, KillNode node) {
        if (node.life().mayBeOver()) {
            hand.expired(name, node);
        } else {
            hand.faults.wrong("nobody has removed it: name=" + name + " " + node);
        }
    }

    private void notDone(String name, KillNode node) {
        hand.journal.not(name, Optional.of(node));
        hand.journal.fate(node.saveId(), Fate.NEVER);
    }
}
