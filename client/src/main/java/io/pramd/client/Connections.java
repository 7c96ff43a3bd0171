package io.pramd.client;

import io.pramd.protocol.Message;
import io.pramd.protocol.Welcome;
import java.time.Duration;

/**
 * Thread-safe: the connections of one client: one for all requests, a few for saves and a few for
 * loads: a save that is held back stops its whole connection.
 */
final class Connections {
    private final PramConfig config;
    private final Listeners listeners;
    private final Departure departure;
    private final Connector connector;
    private final PacketBuffers buffers = new PacketBuffers();
    private final ConnectionPool control;
    private final ConnectionPool saves;
    private final ConnectionPool loads;

    Connections(PramUri uri, PramConfig config) {
        this.config = config;
        this.listeners = new Listeners(uri, config.listener());
        this.departure = new Departure(listeners);
        this.connector = new Connector(uri, config, listeners, departure);
        control = new ConnectionPool(connector, 1, c -> c.welcome().requestsMax());
        saves = streamPool();
        loads = streamPool();
    }

    PramConfig config() {
        return config;
    }

    Listeners listeners() {
        return listeners;
    }

    Departure departure() {
        return departure;
    }

    PacketBuffers buffers() {
        return buffers;
    }

    ConnectionPool saves() {
        return saves;
    }

    ConnectionPool loads() {
        return loads;
    }

    /** Connects for the first time, waiting for the daemon as long as the configuration says. */
    void open() {
        Call call = call("connect", "", null);
        Repeater repeater = new Repeater(this, call, Deadline.in(config.connectWait()));
        try {
            control.giveBack(repeater.repeat(() -> control.take(call)));
        } catch (PramException e) {
            close();
            throw e;
        }
    }

    /** A call with the configured patience; deadline null: none. */
    Call call(String verb, String name, Duration deadline) {
        return new Call(verb, name, Deadline.bounded(config.noProgress()), Deadline.in(deadline));
    }

    /** Sends a request on the shared connection and waits for its answer; once. */
    Message request(Message request, Call call, Effect effect) {
        Connection connection = control.take(call);
        Exchange exchange = new Exchange();
        var answer = connection.request(request, exchange);
        try {
            return Answers.await(answer, exchange, call, effect);
        } finally {
            if (call.hasStalled(exchange)) {
                connection.suspect();
            }
            answer.cancel(false); // nobody waits any more
            control.giveBack(connection);
        }
    }

    /** The same for a request that changes nothing: it is repeated while that may help. */
    Message ask(Message request, Call call) {
        return new Repeater(this, call).repeat(() -> request(request, call, Effect.NONE));
    }

    void close() {
        control.close();
        saves.close();
        loads.close();
        connector.close();
        buffers.close();
    }

    private ConnectionPool streamPool() {
        return new ConnectionPool(
                connector, config.streamConnections(), c -> welcomedStreams(c.welcome()));
    }

    private static long welcomedStreams(Welcome welcome) {
        return welcome.streamsMax();
    }
}
