package io.pramd.daemon.torture;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramException;
import io.pramd.daemon.fixture.WayIn;
import io.pramd.daemon.torture.KillHand.LifeIsOver;
import io.pramd.protocol.Durability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One owner. Does random things to names of its own, life after life of the daemon, and after each
 * start compares what they hold with its journal.
 */
final class KillWorker implements AutoCloseable {
    /** One life in so many has saves that take too long. */
    private static final int DAWDLING = 4;

    private final String prefix;
    private final KillPass pass;
    private final KillJournal journal;
    private final KillFaults faults;
    private final Random random;
    private final KillStreams streams = new KillStreams();

    /** Of the life that goes on; closed by another thread when it is over. */
    private volatile PramClient client;

    private final AtomicReference<CompletableFuture<Void>> renewal = new AtomicReference<>();
    private volatile boolean isWorking;
    private volatile boolean isGivenUp;

    /** One thing to do. */
    private interface Deed {
        void run() throws LifeIsOver;
    }

    /** Of a daemon that asks nobody who he is. */
    KillWorker(Path folder, String name, long seed, KillFaults faults) {
        this(folder, name, seed, faults, KillPass.NONE);
    }

    KillWorker(Path folder, String name, long seed, KillFaults faults, KillPass pass) {
        this.pass = pass;
        this.prefix = name + "/";
        this.journal = KillJournal.open(folder.resolve(name + ".journal"));
        this.random = new Random(seed);
        this.faults = faults;
    }

    String prefix() {
        return prefix;
    }

    KillPass pass() {
        return pass;
    }

    KillJournal journal() {
        return journal;
    }

    KillFaults faults() {
        return faults;
    }

    Random random() {
        return random;
    }

    /**
     * Works until it is told to stop or the daemon has gone.
     *
     * @param uris of its listeners, separated by commas
     * @return how much was acknowledged, and what else there was
     */
    KillTally work(String uris, List<Durability> levels, AtomicBoolean ends) {
        KillHand hand = newHand(uris, levels);
        KillTally tally = hand.tally;
        try {
            List<Deed> deeds = deeds(hand);
            while (!ends.get()) {
                if (renewal.get() != null) {
                    renew(hand, uris);
                }
                hand.beginDeed();
                deeds.get(random.nextInt(deeds.size())).run();
            }
        } catch (LifeIsOver e) {
            journal.note("life is over: " + e.getCause().getMessage());
            faults.over(prefix + " " + e.getCause().getMessage());
        } finally {
            client.close();
            isWorking = false;
            renewed();
        }
        tally.add("acknowledged", hand.acknowledged());
        return tally;
    }

    private KillHand newHand(String uris, List<Durability> levels) {
        WayIn way = pass.way(uris, random);
        journal.note("works " + way.uri());
        isGivenUp = false;
        isWorking = true;
        client = way.lazy(KillHand.IMPATIENT);
        return new KillHand(client, way, this, levels);
    }

    /** Comes in anew, by what was given out meanwhile. */
    private void renew(KillHand hand, String uris) {
        client.close();
        hand.way = pass.way(uris, random);
        hand.client = hand.way.lazy(KillHand.IMPATIENT);
        client = hand.client;
        journal.note("comes in anew by " + hand.way.uri());
        renewed();
    }

    private void renewed() {
        CompletableFuture<Void> asked = renewal.getAndSet(null);
        if (asked != null) {
            asked.complete(null);
        }
    }

    /** Has it come in anew before its next deed; completes then, or when it does not work. */
    CompletableFuture<Void> renewal() {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        renewal.set(asked);
        if (!isWorking) {
            renewed();
        }
        return asked;
    }

    /** The daemon will not come back under this address: nobody need wait for it. */
    void giveUp() {
        isGivenUp = true;
        PramClient own = client;
        if (own != null) {
            own.close();
        }
    }

    private List<Deed> deeds(KillHand hand) {
        KillSaves saves = new KillSaves(hand, streams);
        KillLoads loads = new KillLoads(hand, streams);
        KillQuestions questions = new KillQuestions(hand);
        List<Deed> deeds = new ArrayList<>();
        add(deeds, 10, saves::save);
        add(deeds, 2, saves::discard);
        add(deeds, 3, saves::drop);
        add(deeds, 3, loads::load);
        add(deeds, 1, loads::abort);
        add(deeds, 1, loads::drop);
        add(deeds, 3, loads::peek);
        add(deeds, 1, loads::peekRange);
        add(deeds, 1, loads::peekAtOthers);
        add(deeds, 2, questions::remove);
        add(deeds, 1, questions::removeOther);
        add(deeds, 1, questions::list);
        add(deeds, 1, questions::ask);
        if (pass.isNeeded()) {
            add(deeds, 2, new KillTrespass(hand)::ask);
            add(deeds, 2, new KillExpiry(hand, () -> isGivenUp)::ask);
            if (random.nextInt(DAWDLING) == 0) {
                add(deeds, 1, () -> saves.dawdle(() -> isGivenUp));
            }
        }
        return deeds;
    }

    private static void add(List<Deed> deeds, int weight, Deed deed) {
        for (int i = 0; i < weight; i++) {
            deeds.add(deed);
        }
    }

    /** Compares the store with the journal, while nobody works. */
    KillTally settle(String uris, PramConfig patient) throws LifeIsOver {
        WayIn way = pass.way(uris, random);
        try (PramClient own = KillPatience.connect(way, patient)) {
            return settle(own, way);
        } catch (PramException e) {
            faults.wrong("cannot connect: " + e);
            throw new LifeIsOver(e);
        }
    }

    /** Answers how many nodes it read. */
    KillTally settle(PramClient patient, WayIn way) throws LifeIsOver {
        journal.note("settles " + way.uri());
        KillHand hand = new KillHand(patient, way, this, List.of(Durability.DAEMON_DEFAULT));
        try {
            hand.tally.add("verified", new KillSettlement(hand, streams).settle());
            return hand.tally;
        } catch (PramException e) {
            faults.wrong("cannot be compared: " + e);
            throw new LifeIsOver(e);
        }
    }

    @Override
    public void close() {
        journal.close();
    }
}
