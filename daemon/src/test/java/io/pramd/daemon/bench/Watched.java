package io.pramd.daemon.bench;

import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;

/**
 * One owner. A daemon of which somebody takes the metrics and what a page shows, each once a second
 * while jobs run and before, and has done so for long.
 */
final class Watched implements Contender {
    private static final long EVERY_MILLIS = 1000;

    /** Of each verb, looked at all the time, until what answers is compiled. */
    private static final int JOBS_BEFORE = 10;

    private static final long OFTEN_MILLIS = 10;

    private final Contender watched;
    private final LookingProcess onlooker;
    private long everyMillis = EVERY_MILLIS;

    /**
     * @param admin where to look: a URI that ends with a slash
     */
    Watched(Contender watched, String admin) throws IOException {
        this.watched = watched;
        this.onlooker = LookingProcess.start(admin);
    }

    /** Looks as often as in half an hour, while there is something to be seen. */
    void warmUp() throws Exception {
        everyMillis = OFTEN_MILLIS;
        Settled settled = new Settled(this);
        for (int i = 0; i < JOBS_BEFORE; i++) {
            for (Verb verb : List.of(Verb.SAVE, Verb.LOAD)) {
                settled.prepare(verb);
                settled.job(verb).run();
            }
        }
        everyMillis = EVERY_MILLIS;
    }

    @Override
    public String name() {
        return watched.name();
    }

    @Override
    public long serverPid() {
        return watched.serverPid();
    }

    /** Somebody looks on from here to the end of the job. */
    @Override
    public void prepare(Verb verb) throws Exception {
        watched.prepare(verb);
        onlooker.look(everyMillis);
    }

    @Override
    public Job job(Verb verb) {
        Job job = watched.job(verb);
        return () -> {
            long begin = System.nanoTime();
            try {
                Job.Outcome outcome = job.run();
                double seconds = (System.nanoTime() - begin) / 1e9;
                return new Job.Outcome(
                        outcome.latencies(), OptionalDouble.of(seconds), outcome.clientCpu());
            } finally {
                onlooker.rest();
            }
        };
    }

    @Override
    public void close() throws IOException {
        onlooker.close();
        watched.close();
    }
}
