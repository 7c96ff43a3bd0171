package io.pramd.daemon.supervise;

import io.pramd.daemon.life.EndStep;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.BindFault;
import io.pramd.daemon.server.ListenSocket;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One owner. The daemon that this process takes over from: asked, and waited for. */
final class Predecessor {
    private static final Logger LOG = LoggerFactory.getLogger(Predecessor.class);

    /** From a daemon's removing its socket to its giving the lock back. */
    private static final Duration RELEASE_MAX = Duration.ofSeconds(1);

    private final Path socket;
    private final UnixStream stream;
    private final Offer offer;
    private final LastBreath lastBreath;
    private final Map<EndStep, Long> moments = new EnumMap<>(EndStep.class);
    private volatile String pid = "unknown";
    private long takenNanos;
    private long endedNanos;

    private Predecessor(Path socket, UnixStream stream, Offer offer, LastBreath lastBreath) {
        this.socket = socket;
        this.lastBreath = lastBreath;
        this.stream = stream;
        this.offer = offer;
    }

    /**
     * Asks whoever serves there for the sockets of a memory file; empty: nobody serves there, or
     * not any more. One that says that it is stopping is waited for, however long that takes; one
     * that goes on after all has the memory file's lock. Nothing has happened yet when this fails,
     * or is {@linkplain #giveUp given up}.
     *
     * @param patience how long one that does not say that it has ended may have the lock
     * @throws StoreException as the daemon there refuses; EACCES for one of another user, ETIMEDOUT
     *     for one that does not answer, EINVAL for something else, EIO
     */
    static Optional<Predecessor> ask(Path socket, Path memory, Duration patience) {
        LastBreath lastBreath = new LastBreath(memory, patience);
        while (true) {
            try {
                return askOnce(socket, memory, lastBreath);
            } catch (StoreException e) {
                if (e.errno() != Errno.EAGAIN) {
                    throw e;
                }
                LOG.info("{}", e.getMessage());
            }
            awaitEnd(lastBreath);
            if (!lastBreath.isHeld()) {
                return Optional.empty();
            } // it is still at it, or somebody else who waited has followed it, and hands over
        }
    }

    private static Optional<Predecessor> askOnce(Path socket, Path memory, LastBreath lastBreath) {
        try {
            Optional<UnixStream> connected = UnixStream.connect(socket);
            if (connected.isPresent()) {
                return Optional.of(ask(socket, connected.get(), memory, lastBreath));
            }
            // without the file it is a daemon that has no such socket, or one at its very end
            boolean isRemoved = Files.notExists(socket);
            awaitEnd(isRemoved ? lastBreath.within(RELEASE_MAX) : lastBreath);
            return Optional.empty();
        } catch (NoSuchFileException e) {
            throw StoreException.of(
                    Errno.ENOENT,
                    "no such memory file, and the daemon there hands over the one that it serves:"
                            + " file="
                            + memory
                            + " socket="
                            + socket);
        } catch (UnixStream.Ended e) {
            LOG.warn("the daemon there has ended: socket={}", socket);
            awaitEnd(lastBreath);
            return Optional.empty();
        } catch (IOException e) {
            throw failed(socket, e);
        }
    }

    private static Predecessor ask(
            Path socket, UnixStream stream, Path memory, LastBreath lastBreath) throws IOException {
        try {
            Handover.requireSameUser(stream.peer());
            Handover.ask(stream, memory);
            return new Predecessor(socket, stream, Offer.receive(stream), lastBreath);
        } catch (IOException | RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    private static void awaitEnd(LastBreath lastBreath) {
        if (lastBreath.isHeld()) {
            LOG.info(
                    "waiting for the daemon that has the memory file to end: file={} pid={}"
                            + " seconds={}",
                    lastBreath.memory(),
                    FileLock.readPid(lastBreath.memory()).map(Object::toString).orElse("unknown"),
                    lastBreath.patience().toSeconds());
            lastBreath.await();
        }
    }

    private static StoreException failed(Path socket, IOException e) {
        return e instanceof UnixStream.Silence
                ? StoreException.of(
                        Errno.ETIMEDOUT,
                        "no hand-over: socket=" + socket + " cause=" + e.getMessage())
                : BindFault.of("no hand-over: socket=" + socket, e);
    }

    Offer offer() {
        return offer;
    }

    /** Known when it has been told to end; an older version does not say it. */
    String pid() {
        return pid;
    }

    /**
     * Whether administrators could be listened for when it has ended.
     *
     * @throws StoreException as binding does
     */
    void requireFree(InetSocketAddress admin) {
        if (admin.getPort() != offer.adminPort()) {
            ListenSocket.requireFree(admin);
        }
    }

    /**
     * Takes over, and waits for its end, however long that takes: behind this there is no way back.
     * Where it has not said that it has ended it may go on after all: only the memory file's lock
     * tells, and until that is held all that it has offered is its own.
     *
     * @return false when it is stopping by itself, or has: all is given up then, for what it has
     *     offered is found by nobody any more
     */
    boolean take() {
        takenNanos = System.nanoTime();
        boolean isTaken = false;
        try {
            stream.send(Handover.TAKEN);
            isTaken = hasEnded();
        } catch (IOException e) {
            LOG.warn(
                    "the predecessor has ended before it said so: pid={} {}",
                    pid,
                    UnixStream.cause(e));
            lastBreath.await();
            isTaken = !Files.notExists(socket); // a kill leaves it, a stop removes all its sockets
        } finally {
            stream.close();
            if (!isTaken) {
                offer.close();
            }
        }
        endedNanos = System.nanoTime();
        return isTaken;
    }

    /** False: it is stopping by itself. */
    private boolean hasEnded() throws IOException {
        try {
            awaitEnd();
            return true;
        } catch (StoreException e) {
            if (e.errno() != Errno.EAGAIN) {
                throw e;
            }
            LOG.info("{}", e.getMessage());
            return false;
        }
    }

    private void awaitEnd() throws IOException {
        while (!moments.containsKey(EndStep.RELEASED)) {
            try {
                String line = Handover.orRefused(stream.receive());
                long now = System.nanoTime();
                Handover.pid(line).ifPresent(said -> pid = said);
                Arrays.stream(EndStep.values())
                        .filter(step -> step.word().equals(line))
                        .forEach(step -> moments.put(step, now));
            } catch (UnixStream.Silence e) {
                LOG.info(
                        "waiting for the predecessor to end: pid={} seconds={}",
                        pid,
                        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - takenNanos));
            }
        }
    }

    /** Where the time went since it was told to end, up to now. */
    String pause() {
        long now = System.nanoTime();
        Long forcing = moments.get(EndStep.FORCING);
        Long releasing = moments.get(EndStep.RELEASING);
        return "drain="
                + millis(takenNanos, forcing)
                + " force="
                + millis(forcing, releasing)
                + " release="
                + millis(releasing, moments.get(EndStep.RELEASED))
                + " open="
                + millis(endedNanos, now)
                + " all="
                + millis(takenNanos, now);
    }

    private static String millis(Long from, Long to) {
        return from == null || to == null
                ? "unknown"
                : String.format(Locale.ROOT, "%.1fms", (to - from) / 1e6);
    }

    /** Takes nothing: it goes on. */
    void giveUp() {
        offer.close();
        stream.close();
    }
}
