package io.pramd.daemon.bench;

import java.io.IOException;

/** One owner. A store that is filled, ends, and starts again with what it has kept. */
interface Restartable extends AutoCloseable {
    /** As tables show it. */
    String name();

    /** Starts it for the first time, and stores all of the work. */
    void fill() throws Exception;

    /** Ends it abruptly, or as it wants to be ended in order to keep anything. */
    void end() throws IOException;

    /** Starts it again; it need not be ready. */
    void start() throws IOException;

    /** Waits until it is ready, and reads the first byte of a node at least. */
    void readFirstByte(int node) throws Exception;

    /** Stores a byte more. */
    void saveFirst() throws Exception;

    long serverPid();

    @Override
    void close() throws IOException;
}
