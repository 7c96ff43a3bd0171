package io.pramd.daemon.supervise;

import io.pramd.daemon.life.ServePlan;
import io.pramd.daemon.life.Serving;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.KnownFormat;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.daemon.server.ListenSocket;
import io.pramd.daemon.server.Stance;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner. How this process comes to its sockets: lent by who started it, taken over from the
 * daemon that it follows, or bound by itself; and how it will leave them to its own successor.
 */
public final class Arrival {
    private static final Logger LOG = LoggerFactory.getLogger(Arrival.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Map<String, String> environment;
    private final Optional<Path> handover;
    private final Consumer<HandoverPoint> points;
    private final Duration patience;
    private final Optional<Supervision> supervision;
    private Optional<Predecessor> predecessor = Optional.empty();
    private Optional<Door> door = Optional.empty();
    private List<ListenSocket> unused = List.of(); // of the predecessor's

    /**
     * @param environment of the process
     * @param handover where daemons of this memory file follow each other; empty: they do not
     * @param points hears of the moments of a hand-over
     */
    public Arrival(
            Map<String, String> environment,
            Optional<Path> handover,
            Consumer<HandoverPoint> points) {
        this(environment, handover, points, PATIENCE);
    }

    /**
     * @param patience how long a daemon that does not say that it has ended may have the memory
     *     file's lock
     */
    Arrival(
            Map<String, String> environment,
            Optional<Path> handover,
            Consumer<HandoverPoint> points,
            Duration patience) {
        this.patience = patience;
        this.environment = environment;
        this.handover = handover;
        this.points = points;
        // no class of it is loaded where nobody listens
        supervision =
                environment.containsKey("NOTIFY_SOCKET")
                        ? Supervision.of(environment)
                        : Optional.empty();
    }

    /**
     * Serves the memory file. Where another daemon serves it and hands over, that one has ended
     * then, or goes on and this fails.
     *
     * @param wanted listeners; empty where nobody has asked for any: then what is lent, or the
     *     usual one
     * @param usual where nothing is asked for and nothing lent
     * @throws StoreException as {@link Serving#start(ServePlan)}; EINVAL for a socket that cannot
     *     be served; ETIMEDOUT, EACCES, EAGAIN and others for the other daemon's
     */
    public Serving start(ServePlan plan, List<ListenAddress> wanted, ListenAddress usual) {
        handover.ifPresent(Door::requirePossible);
        Serving serving;
        try {
            serving = Serving.start(plan, () -> sockets(plan, wanted, usual));
        } catch (RuntimeException e) {
            if (predecessor.isEmpty()) { // else its door may be one that it goes on with
                door.ifPresent(Door::close);
            }
            throw e;
        }
        unused.forEach(Offer::drop); // the lock is held: nobody else serves them
        return serving;
    }

    private List<ListenSocket> sockets(
            ServePlan plan, List<ListenAddress> wanted, ListenAddress usual) {
        List<ListenSocket> lent = ActivatedSockets.of(environment);
        SocketPlan sockets;
        do { // whoever has stopped by itself after all is asked again, and waited for
            predecessor =
                    handover.flatMap(socket -> Predecessor.ask(socket, plan.memory(), patience));
            List<ListenSocket> inherited = new ArrayList<>(lent);
            predecessor.ifPresent(found -> inherited.addAll(found.offer().sockets()));
            boolean isUsual =
                    wanted.isEmpty() && inherited.stream().noneMatch(ListenSocket::isLent);
            sockets = SocketPlan.of(isUsual ? List.of(usual) : wanted, inherited);
        } while (predecessor.isPresent() && !hasTaken(predecessor.get(), sockets, plan));
        if (predecessor.isEmpty()) {
            requireMayServe(sockets, plan.protection().stance());
            door = handover.map(Door::open);
        }
        supervision.ifPresent(told -> told.status(() -> "opening " + plan.memory()));
        points.accept(HandoverPoint.OPENING);
        return sockets.serve();
    }

    /** What can be known beforehand: behind it the predecessor ends, come what may. */
    private boolean hasTaken(Predecessor from, SocketPlan sockets, ServePlan plan) {
        points.accept(HandoverPoint.RECEIVED);
        try {
            requireMayServe(sockets, plan.protection().stance());
            plan.level();
            KnownFormat.require(plan.memory());
            sockets.serve().stream()
                    .filter(socket -> !socket.isInherited())
                    .forEach(ListenSocket::requireFree);
            plan.admin().ifPresent(admin -> from.requireFree(admin.socket()));
        } catch (StoreException e) {
            from.giveUp();
            throw e;
        }
        supervision.ifPresent(
                told -> told.status(() -> "waiting for the predecessor to end: pid=" + from.pid()));
        if (!from.take()) {
            return false;
        }
        door = handover.map(path -> Door.inherit(path, from.offer().handoverFd()));
        unused = sockets.unused();
        return true;
    }

    private static void requireMayServe(SocketPlan sockets, Stance stance) {
        try {
            sockets.serve().forEach(socket -> stance.requireMayListen(socket.address()));
        } catch (IllegalArgumentException e) {
            throw StoreException.of(Errno.EINVAL, e.getMessage());
        }
    }

    /**
     * Serves now: says so, and waits for a successor where one may come.
     *
     * @param end ends the process cleanly, and need not return
     */
    public void serving(ServePlan plan, Serving serving, Runnable end) {
        points.accept(HandoverPoint.SERVING);
        predecessor.ifPresent(
                from -> LOG.info("took over: predecessor pid={} {}", from.pid(), from.pause()));
        Succession.Estate estate = new Succession.Estate(plan.memory(), serving, end);
        door.ifPresent(open -> Succession.begin(open, estate, points));
        supervision.ifPresent(told -> told.serving(serving));
    }

    /** A reading of the options anew, which a supervisor hears of where there is one. */
    public Runnable reloading(Runnable reload) {
        return supervision.map(told -> told.reloading(reload)).orElse(reload);
    }
}
