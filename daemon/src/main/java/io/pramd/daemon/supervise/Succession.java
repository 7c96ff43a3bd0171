package io.pramd.daemon.supervise;

import io.pramd.daemon.life.EndStep;
import io.pramd.daemon.life.Serving;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Waits for the process that is to take over from this one. They are heard one after
 * the other: the second of two hears from the first.
 */
final class Succession {
    private static final Logger LOG = LoggerFactory.getLogger(Succession.class);
    private static final long PAUSE_MILLIS = 500;

    private final Door door;
    private final Estate estate;
    private final Consumer<HandoverPoint> points;
    private volatile UnixStream successor; // null: there is none yet
    private volatile boolean isStopping; // by itself: there will be none

    /**
     * Immutable. What is handed over.
     *
     * @param memory the memory file that is served
     * @param end ends the process cleanly, and need not return
     */
    record Estate(Path memory, Serving serving, Runnable end) {}

    private Succession(Door door, Estate estate, Consumer<HandoverPoint> points) {
        this.door = door;
        this.estate = estate;
        this.points = points;
    }

    static void begin(Door door, Estate estate, Consumer<HandoverPoint> points) {
        Succession succession = new Succession(door, estate, points);
        estate.serving().onEnd(succession::say);
        Thread thread = new Thread(succession::awaitSuccessors, "pramd-handover");
        thread.setDaemon(true);
        thread.start();
    }

    private void awaitSuccessors() {
        while (!Thread.currentThread().isInterrupted()) {
            try (UnixStream next = door.accept()) {
                handOver(next);
            } catch (IOException | RuntimeException e) {
                LOG.warn("no hand-over, this daemon goes on: {}", UnixStream.cause(e));
                pause();
            }
        }
    }

    /** Whatever it was, it may be so for a while. */
    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Up to the fourth step nothing has happened; behind it this process ends, come what may. */
    private void handOver(UnixStream next) throws IOException {
        UnixStream.Peer peer = next.peer();
        try {
            Handover.requireSameUser(peer); // 1. who asks, and for what
            Handover.requireAskedFor(next.receive(), estate.memory());
            points.accept(HandoverPoint.ASKED);
            LOG.info("a successor asks for the sockets: pid={}", peer.pid());
            requireStays();
            offer(next); // 2. all sockets
            points.accept(HandoverPoint.OFFERED);
        } catch (StoreException e) {
            LOG.warn("a hand-over is refused: pid={} {}", peer.pid(), e.getMessage());
            Handover.refuse(next, e);
            return;
        }
        String answer = next.receive(); // 3. the successor has them, and can serve
        if (!answer.equals(Handover.TAKEN)) {
            LOG.warn("no hand-over, this daemon goes on: pid={} said={}", peer.pid(), answer);
            return;
        }
        Handover.sayPid(next);
        successor = next;
        if (!estate.serving().leaveSockets()) { // 4. from here on there is no way back
            successor = null;
            Handover.refuse(next, stopping());
            return;
        }
        points.accept(HandoverPoint.LEFT);
        LOG.info("the sockets are handed over, this daemon ends: successor pid={}", peer.pid());
        estate.end().run(); // 5. as by a signal; each step is said by the thread that ends it
    }

    /** Whoever asks a daemon that stops by itself waits for its end: there is nothing to offer. */
    private void requireStays() {
        if (isStopping) {
            throw stopping();
        }
    }

    private static StoreException stopping() {
        return StoreException.of(Errno.EAGAIN, "the daemon is stopping already");
    }

    private void offer(UnixStream next) throws IOException {
        Serving serving = estate.serving();
        int adminPort = serving.adminAddress().map(admin -> admin.socket().getPort()).orElse(0);
        Offer.send(next, serving.sockets(), door.fd(), adminPort);
    }

    /** To the successor, if there is one. */
    private void say(EndStep step) {
        UnixStream heir = successor;
        if (heir == null) {
            stop(step);
            return;
        }
        try {
            heir.send(step.word());
        } catch (IOException e) {
            LOG.warn("the successor does not hear: step={} cause={}", step, UnixStream.cause(e));
        }
        switch (step) {
            case DRAINING -> {}
            case FORCING -> points.accept(HandoverPoint.FORCING);
            case RELEASING -> points.accept(HandoverPoint.RELEASING);
            case RELEASED -> points.accept(HandoverPoint.RELEASED);
        }
    }

    /**
     * The door is there as long as streams run and a root is forced, and tells who comes that this
     * daemon ends. It is gone before the lock is, with which the next daemon opens its own.
     */
    private void stop(EndStep step) {
        switch (step) {
            case DRAINING -> isStopping = true;
            case RELEASING -> door.close();
            case FORCING, RELEASED -> {}
        }
    }
}
