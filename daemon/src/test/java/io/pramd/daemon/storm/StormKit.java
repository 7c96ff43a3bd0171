package io.pramd.daemon.storm;

import io.pramd.client.PramClient;
import java.nio.file.Path;
import java.util.Random;

/**
 * One owner: what a worker of the storm works with.
 *
 * @param client which all workers share
 * @param delivered returns when all that was sent over lost connections has been carried out
 * @param folder for files
 * @param prefix of this worker's names
 */
record StormKit(
        PramClient client,
        StormExecutor executor,
        StormListener listener,
        Runnable delivered,
        Path folder,
        String prefix,
        Random random,
        StormJournal journal) {
    private static final int NAMES = 8;

    StormKit(
            PramClient client,
            StormExecutor executor,
            StormListener listener,
            Runnable delivered,
            Path folder,
            int number,
            long seed) {
        this(
                client,
                executor,
                listener,
                delivered,
                folder,
                "worker" + number + "/",
                new Random(seed),
                new StormJournal());
    }

    String randomName() {
        return prefix + random.nextInt(NAMES);
    }

    StormCall call(String what) {
        return new StormCall(what, StormCall.randomDeadline(random));
    }
}
