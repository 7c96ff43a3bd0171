package io.pramd.daemon.bench;

import io.pramd.protocol.InfoValue;
import java.io.IOException;

/** One owner. A contender of the daemon, and how many of its saves one force has carried. */
final class GroupMeter implements Contender {
    private final Contender measured;
    private final PramdContender pramd;
    private final int nodes;
    private volatile int size = 1;

    GroupMeter(Contender measured, PramdContender pramd, int nodes) {
        this.measured = measured;
        this.pramd = pramd;
        this.nodes = nodes;
    }

    /** In its last job. */
    int size() {
        return size;
    }

    private long forces() {
        return ((InfoValue.Count) pramd.client().info().get("force.count")).value();
    }

    @Override
    public String name() {
        return measured.name();
    }

    @Override
    public long serverPid() {
        return measured.serverPid();
    }

    @Override
    public void prepare(Verb verb) throws Exception {
        measured.prepare(verb);
    }

    @Override
    public Job job(Verb verb) {
        Job job = measured.job(verb);
        return () -> {
            long before = forces();
            Job.Outcome outcome = job.run();
            size = (int) Math.max(1, Math.round(nodes / (double) Math.max(1, forces() - before)));
            return outcome;
        };
    }

    @Override
    public void close() throws IOException {
        measured.close();
    }
}
