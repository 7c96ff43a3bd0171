package io.pramd.daemon.bench;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.WayIn;

/**
 * One owner. Clients that come, ask for one answer and go, one after the other, each with nothing
 * that an earlier one has learnt: with TLS each handshake is a whole one.
 */
final class ConnectContender implements Contender {
    private final String name;
    private final int connections;
    private final DaemonProcess daemon;
    private final WayIn way;
    private final Callers callers = new Callers(1);

    /** Of a daemon that runs, and which ends with it. */
    ConnectContender(String name, int connections, DaemonProcess daemon, WayIn way) {
        this.name = name;
        this.connections = connections;
        this.daemon = daemon;
        this.way = way;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long serverPid() {
        return daemon.pid();
    }

    /** Whatever the verb. */
    @Override
    public Job job(Verb verb) {
        return () -> Job.Outcome.of(callers.make(connections, (caller, index) -> comeAndGo()));
    }

    private void comeAndGo() {
        try (PramClient client = way.connect(PramConfig.defaults())) {
            client.ping();
        }
    }

    @Override
    public void close() {
        callers.close();
        daemon.close();
    }
}
