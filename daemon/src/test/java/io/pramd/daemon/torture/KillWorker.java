package io.pramd.daemon.torture;

import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import io.pramd.daemon.torture.KillHand.LifeIsOver;
import io.pramd.protocol.Durability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One owner. Does random things to names of its own, life after life of the daemon, and after each
 * start compares what they hold with its journal.
 */
final class KillWorker implements AutoCloseable {
    private final String prefix;
    private final KillJournal journal;
    private final KillFaults faults;
    private final Random random;
    private final KillStreams streams = new KillStreams();

    /** Of the life that goes on; closed by another thread when it is over. */
    private volatile PramClient client;

    /** One thing to do. */
    private interface Deed {
        void run() throws LifeIsOver;
    }

    KillWorker(Path folder, String name, long seed, KillFaults faults) {
        this.prefix = name + "/";
        this.journal = KillJournal.open(folder.resolve(name + ".journal"));
        this.random = new Random(seed);
        this.faults = faults;
    }

    String prefix() {
        return prefix;
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

    /** Works until it is told to stop or the daemon has gone; answers how much was acknowledged. */
    int work(String uri, List<Durability> levels, AtomicBoolean ends) {
        journal.note("works " + uri);
        PramClient own = PramClient.lazy(uri, KillHand.IMPATIENT);
        client = own;
        KillHand hand = new KillHand(own, uri, this, levels);
        try (own) {
            List<Deed> deeds = deeds(hand);
            while (!ends.get()) {
                deeds.get(random.nextInt(deeds.size())).run();
            }
        } catch (LifeIsOver e) {
            journal.note("life is over: " + e.getCause().getMessage());
            faults.over(prefix + " " + e.getCause().getMessage());
        }
        return hand.acknowledged();
    }

    /** The daemon will not come back under this address: nobody need wait for it. */
    void giveUp() {
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
        return deeds;
    }

    private static void add(List<Deed> deeds, int weight, Deed deed) {
        for (int i = 0; i < weight; i++) {
            deeds.add(deed);
        }
    }

    /** Compares the store with the journal, while nobody works; answers how many nodes it read. */
    int settle(PramClient patient, String uri) throws LifeIsOver {
        journal.note("settles " + uri);
        KillHand hand = new KillHand(patient, uri, this, List.of(Durability.DAEMON_DEFAULT));
        try {
            return new KillSettlement(hand, streams).settle();
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
