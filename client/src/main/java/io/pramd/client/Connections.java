package io.pramd.client;

import io.pramd.protocol.Message;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Thread-safe: the connections of one client: one for all requests, and one for each bulk stream
 * while it lasts, since a save that is held back stops its whole connection.
 */
final class Connections {
    private static final int IDLE_MAX = 2;

    private final PramConfig config;
    private final Connector connector;
    private final PacketBuffers buffers = new PacketBuffers();
    private final ArrayBlockingQueue<Connection> idle = new ArrayBlockingQueue<>(IDLE_MAX);
    private final ReentrantLock lock = new ReentrantLock();
    private Connection control;
    private volatile boolean closed;

    Connections(PramUri uri, PramConfig config) {
        this.config = config;
        this.connector = new Connector(uri, config);
    }

    PramConfig config() {
        return config;
    }

    PacketBuffers buffers() {
        return buffers;
    }

    /** Connects for the first time, waiting for the daemon as long as the configuration says. */
    void open() {
        try {
            control = connector.connect(config.connectWait());
        } catch (PramException e) {
            close();
            throw e;
        }
    }

    /** Sends a request on the shared connection and waits for its answer. */
    Message request(Message request, Duration patience, Effect effect, String what) {
        Exchange exchange = new Exchange();
        return Answers.await(
                control().request(request, exchange), exchange, patience, effect, what);
    }

    /** A connection for one stream, to be given back. */
    Connection take() {
        for (Connection kept = idle.poll(); kept != null; kept = idle.poll()) {
            if (!kept.isLost()) {
                return kept;
            }
        }
        requireOpen();
        return connector.connect(Duration.ZERO);
    }

    /** The stream has ended in good order, and nothing more comes for it. */
    void giveBack(Connection connection) {
        if (connection.isLost() || closed || !idle.offer(connection)) {
            connection.close();
        }
    }

    void close() {
        closed = true;
        lock.lock(); // behind a connection that is being opened
        try {
            if (control != null) {
                control.close();
            }
        } finally {
            lock.unlock();
        }
        for (Connection kept = idle.poll(); kept != null; kept = idle.poll()) {
            kept.close();
        }
        connector.close();
        buffers.close();
    }

    private Connection control() {
        lock.lock();
        try {
            requireOpen();
            if (control.isLost()) {
                control = connector.connect(Duration.ZERO);
            }
            return control;
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new NotSentException("the client is closed", false, null);
        }
    }
}
