package io.pramd.daemon.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Immutable. One that is left alone for a while before each job, until it does nothing else. */
record Settled(Contender contender) implements Contender {
    private static final long MILLIS = 1500;

    @Override
    public String name() {
        return contender.name();
    }

    @Override
    public long serverPid() {
        return contender.serverPid();
    }

    @Override
    public long clientPid() {
        return contender.clientPid();
    }

    @Override
    public void prepare(Verb verb) throws Exception {
        contender.prepare(verb);
        TimeUnit.MILLISECONDS.sleep(MILLIS);
    }

    @Override
    public Job job(Verb verb) {
        return contender.job(verb);
    }

    @Override
    public void close() throws IOException {
        contender.close();
    }
}
