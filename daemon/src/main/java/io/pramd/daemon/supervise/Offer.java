package io.pramd.daemon.supervise;

import io.netty.channel.unix.FileDescriptor;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.daemon.server.ListenSocket;
import io.pramd.daemon.server.UnixSocketFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner. What a daemon has for its successor: open sockets. Whoever gets it closes it, also
 * when not all of it comes.
 */
final class Offer {
    private static final Logger LOG = LoggerFactory.getLogger(Offer.class);

    private static final Pattern HEAD = Pattern.compile("sockets ([0-9]{1,3}) admin ([0-9]{1,5})");
    private static final Pattern LINE = Pattern.compile("(own|lent) (.+)");

    private final List<ListenSocket> sockets = new ArrayList<>();
    private int handoverFd = ListenSocket.NONE;
    private int adminPort;

    private Offer() {}

    /**
     * Sends all that is offered.
     *
     * @param handoverFd where successors are heard
     * @param adminPort where administrators look, which is not handed over; 0: nowhere
     */
    static void send(
            UnixStream successor, List<ListenSocket> sockets, int handoverFd, int adminPort)
            throws IOException {
        successor.send("sockets " + sockets.size() + " admin " + adminPort);
        for (ListenSocket socket : sockets) {
            successor.send((socket.isLent() ? "lent " : "own ") + socket.address());
        }
        for (ListenSocket socket : sockets) {
            successor.sendDescriptor(socket.fd());
        }
        successor.sendDescriptor(handoverFd);
    }

    /**
     * Receives an offer, all of it or nothing.
     *
     * @throws StoreException as it is refused, EINVAL for something else
     */
    static Offer receive(UnixStream predecessor) throws IOException {
        Offer offer = new Offer();
        try {
            offer.receiveAll(predecessor);
            return offer;
        } catch (IOException | RuntimeException e) {
            offer.close();
            throw e;
        }
    }

    private void receiveAll(UnixStream predecessor) throws IOException {
        String head = Handover.orRefused(predecessor.receive());
        Matcher words = HEAD.matcher(head);
        if (!words.matches()) {
            throw Handover.notUnderstood(head);
        }
        adminPort = Integer.parseInt(words.group(2));
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(words.group(1)); i++) {
            lines.add(predecessor.receive());
        }
        for (String line : lines) {
            Matcher socket = LINE.matcher(line);
            if (!socket.matches()) {
                throw Handover.notUnderstood(line);
            }
            ListenAddress address = address(socket.group(2));
            boolean isLent = socket.group(1).equals("lent");
            sockets.add(new ListenSocket(address, predecessor.receiveDescriptor(), isLent));
        }
        handoverFd = predecessor.receiveDescriptor();
    }

    private static ListenAddress address(String uri) {
        try {
            return ListenAddress.parse(uri);
        } catch (IllegalArgumentException e) {
            throw Handover.notUnderstood(uri);
        }
    }

    List<ListenSocket> sockets() {
        return List.copyOf(sockets);
    }

    int handoverFd() {
        return handoverFd;
    }

    int adminPort() {
        return adminPort;
    }

    /** Closes all of it: the predecessor has its own. */
    void close() {
        sockets.forEach(socket -> close(socket.fd()));
        if (handoverFd != ListenSocket.NONE) {
            close(handoverFd);
        }
    }

    /** Closes a socket that nobody serves or wants any more, and removes its file. */
    static void drop(ListenSocket socket) {
        close(socket.fd());
        if (socket.address() instanceof ListenAddress.Unix unix) {
            remove(unix.path());
        }
        LOG.info("no longer listened on, --listen does not name it: {}", socket.address());
    }

    private static void remove(Path socket) {
        try {
            UnixSocketFile file = new UnixSocketFile(socket);
            file.bound();
            file.removeOwn();
        } catch (StoreException e) {
            LOG.warn("a socket stays that nobody listens on: {}", e.getMessage());
        }
    }

    private static void close(int fd) {
        try {
            new FileDescriptor(fd).close();
        } catch (IOException e) {
            LOG.debug("cannot close: fd={} {}", fd, e.toString());
        }
    }
}
