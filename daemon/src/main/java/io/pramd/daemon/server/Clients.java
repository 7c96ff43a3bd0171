package io.pramd.daemon.server;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe: looks at all connections, each on its event loop, which goes on serving between a
 * few of them. Who asks while a look is under way gets the same. A loop that does not come to it in
 * time only leaves its own connections out.
 */
public final class Clients {
    /** Connections in one answer: those with streams first, then the oldest. */
    public static final int CLIENTS_MAX = 1024;

    /** Streams of one connection. */
    public static final int STREAMS_MAX = 256;

    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);

    /** Connections that a loop looks at before it looks at its sockets again. */
    private static final int LOOKS_MAX = 16;

    private static final long WAIT_MILLIS = 500;

    private final Supplier<Collection<Session>> open;
    private CompletableFuture<List<ClientView>> underWay; // null: none

    Clients(Supplier<Collection<Session>> open) {
        this.open = open;
    }

    synchronized CompletableFuture<List<ClientView>> look() {
        if (underWay != null && !underWay.isDone()) {
            return underWay;
        }
        Map<EventLoop, List<Session>> byLoop = new HashMap<>();
        for (Session session : open.get()) {
            byLoop.computeIfAbsent(session.loop(), loop -> new ArrayList<>()).add(session);
        }
        List<Round> rounds = new ArrayList<>();
        byLoop.forEach((loop, sessions) -> rounds.add(new Round(loop, sessions.iterator())));
        rounds.forEach(Round::begin);
        underWay =
                CompletableFuture.allOf(
                                rounds.stream()
                                        .map(round -> round.seen)
                                        .toArray(CompletableFuture[]::new))
                        .thenApply(done -> merged(rounds));
        return underWay;
    }

    private static List<ClientView> merged(List<Round> rounds) {
        return rounds.stream()
                .flatMap(round -> round.seen.join().stream())
                .sorted(
                        Comparator.comparing((ClientView view) -> view.streams().isEmpty())
                                .thenComparingLong(ClientView::number))
                .limit(CLIENTS_MAX)
                .toList();
    }

    /** The connections of one loop. */
    private static final class Round implements Runnable {
        private final EventLoop loop;
        private final Iterator<Session> left;
        private final List<ClientView> busy = new ArrayList<>();
        private final List<ClientView> quiet = new ArrayList<>();
        private final CompletableFuture<List<ClientView>> seen = new CompletableFuture<>();

        Round(EventLoop loop, Iterator<Session> left) {
            this.loop = loop;
            this.left = left;
        }

        void begin() {
            seen.completeOnTimeout(List.of(), WAIT_MILLIS, TimeUnit.MILLISECONDS);
            execute(this);
        }

        /** A step of it. */
        @Override
        public void run() {
            try {
                for (int looks = 0; looks < LOOKS_MAX && goesOn(); looks++) {
                    left.next().view(quiet.size() < CLIENTS_MAX).ifPresent(this::add);
                }
            } catch (RuntimeException e) {
                LOG.error("cannot look at all connections", e);
                seen.complete(List.of());
            }
            if (goesOn()) {
                behindSockets();
            } else {
                busy.addAll(quiet);
                seen.complete(busy);
            }
        }

        private boolean goesOn() {
            return left.hasNext() && busy.size() < CLIENTS_MAX && !seen.isDone();
        }

        private void add(ClientView view) {
            (view.streams().isEmpty() ? quiet : busy).add(view);
        }

        /** What a loop is told at the end of a turn to do next it does behind its sockets. */
        private void behindSockets() {
            if (loop instanceof SingleThreadEventLoop turning) {
                try {
                    turning.executeAfterEventLoopIteration(() -> execute(this));
                } catch (RejectedExecutionException e) {
                    seen.complete(List.of()); // the loops have ended
                }
            } else {
                execute(this);
            }
        }

        private void execute(Runnable task) {
            try {
                loop.execute(task);
            } catch (RejectedExecutionException e) {
                seen.complete(List.of());
            }
        }
    }
}
