package io.pramd.daemon.supervise;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Datagrams to the socket at which a supervisor, systemd say, hears how its service
 * is. What cannot be sent is lost: nobody waits for it.
 */
final class Notifier {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
    private static final String VARIABLE = "NOTIFY_SOCKET";

    private final Socket socket;
    private final byte[] path;
    private boolean isSaid;

    private Notifier(Socket socket, byte[] path) {
        this.socket = socket;
        this.path = path;
    }

    /** To the socket that the environment names, if it names one. */
    static Optional<Notifier> of(Map<String, String> environment) {
        String name = environment.getOrDefault(VARIABLE, "");
        if (!name.startsWith("/") && !name.startsWith("@")) {
            return Optional.empty();
        }
        if (!Epoll.isAvailable()) {
            LOG.warn(
                    "the supervisor hears nothing: Netty's native library does not load here:"
                            + " {}={}",
                    VARIABLE,
                    name);
            return Optional.empty();
        }
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        if (path[0] == '@') {
            path[0] = 0; // a name that is in no file system
        }
        return Optional.of(new Notifier(Socket.newSocketDomainDgram(), path));
    }

    /** Sends assignments, one a line. */
    synchronized void send(String... lines) {
        byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        ByteBuffer datagram = ByteBuffer.allocateDirect(text.length);
        datagram.put(text);
        try {
            socket.sendToDomainSocket(datagram, 0, text.length, path);
        } catch (IOException e) {
            if (!isSaid) {
                isSaid = true;
                LOG.warn("the supervisor does not hear: cause={}", e.toString());
            }
        }
    }
}
