package io.pramd.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Thread-safe: a few connections that many users share: the idle first, a new one as long as there
 * may be more, then the one with the fewest users.
 */
final class ConnectionPool {
    /** How many users one connection may have: the daemon says it. */
    interface UsersMax {
        long of(Connection connection);
    }

    private static final long WAIT_MILLIS = 100;

    private final Connector connector;
    private final int connectionsMax;
    private final UsersMax usersMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Connection> open = new ArrayList<>();
    private int connecting;
    private boolean closed;

    ConnectionPool(Connector connector, int connectionsMax, UsersMax usersMax) {
        this.connector = connector;
        this.connectionsMax = connectionsMax;
        this.usersMax = usersMax;
    }

    /** A connection for one more user, to be given back. */
    Connection take(Call call) {
        Connection shared = findOrReserve(call);
        if (shared != null) {
            return shared;
        }
        Connection fresh = null;
        try {
            fresh = connector.connect(call);
        } finally {
            lock.lock();
            try {
                connecting--;
                if (fresh != null) {
                    fresh.addUser();
                    open.add(fresh);
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
        if (isClosed()) {
            fresh.close();
            throw Connector.closedHere();
        }
        return fresh;
    }

    /** The user's stream has ended, or no more is expected of it. */
    void giveBack(Connection connection) {
        lock.lock();
        try {
            connection.removeUser();
            if (connection.userCount() == 0 && (connection.isRetired() || closed)) {
                connection.close();
                open.remove(connection);
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        List<Connection> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(open);
            open.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        all.forEach(connection -> connection.lose(ConnectionLost.clientClosed()));
    }

    /** Null: a place for a new connection is reserved. */
    private Connection findOrReserve(Call call) {
        try {
            lock.lockInterruptibly();
            try {
                return findOrReserveLocked(call);
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            throw Effect.NONE.interrupted(call, e);
        }
    }

    private Connection findOrReserveLocked(Call call) throws InterruptedException {
        Deadline patience = Deadline.in(call.noProgress()).orEarlier(call.deadline());
        while (true) {
            if (closed) {
                throw Connector.closedHere();
            }
            open.removeIf(ConnectionPool::isDone);
            Connection best = leastUsed();
            boolean full = trusted() + connecting >= connectionsMax;
            if (best != null && (full || best.userCount() == 0)) {
                best.addUser();
                return best;
            }
            if (!full) {
                connecting++;
                return null;
            }
            if (patience.hasPassed()) {
                throw noRoom(call);
            }
            changed.await(WAIT_MILLIS, TimeUnit.MILLISECONDS); // also for one that is lost
        }
    }

    private static boolean isDone(Connection connection) {
        if (connection.isRetired() && connection.userCount() == 0) {
            connection.close();
        }
        return connection.isLost();
    }

    /** Where there is no connection at all somebody else waits for one, and this call may again. */
    private PramException noRoom(Call call) {
        if (trusted() > 0 || call.deadline().hasPassed()) {
            String text = call + ": no connection had room for one more stream";
            return Effect.NONE.timedOut(text + connector.departure().remark());
        }
        return connector.cannotConnect("nobody has got through so far", null);
    }

    private long trusted() {
        return open.stream().filter(connection -> !connection.isRetired()).count();
    }

    private Connection leastUsed() {
        Connection best = null;
        for (Connection connection : open) {
            boolean hasRoom =
                    !connection.isRetired() && connection.userCount() < usersMax.of(connection);
            if (hasRoom && (best == null || connection.userCount() < best.userCount())) {
                best = connection;
            }
        }
        return best;
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }
}
