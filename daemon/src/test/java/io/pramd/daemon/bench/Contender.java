package io.pramd.daemon.bench;

import java.io.IOException;

/** One owner. A server that runs, pramd or what stands beside it, and a client of it. */
interface Contender extends AutoCloseable {
    /** As tables show it. */
    String name();

    long serverPid();

    /** Whose processor time is the client's. */
    default long clientPid() {
        return ProcessHandle.current().pid();
    }

    /** What has to be done before a verb is measured. */
    default void prepare(Verb verb) throws Exception {}

    /** Moves all nodes once. */
    Job job(Verb verb);

    @Override
    void close() throws IOException;
}
