package io.pramd.daemon.supervise;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import io.pramd.daemon.memory.SocketDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Datagrams to the socket at which a supervisor, systemd say, hears how its service
 * is. A supervisor that is behind is waited for, for a moment; then what cannot be sent is lost.
 */
final class Notifier {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
    private static final String VARIABLE = "NOTIFY_SOCKET";

    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDTIMEO = 21;
    private static final int TIMEVAL_BYTES = 16;

    /** A supervisor that hears nothing for so many times so long costs an end no more. */
    private static final int ATTEMPTS_MAX = 4;

    private static final long ATTEMPT_MICROS = 250_000;

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
        Socket socket = Socket.newSocketDomainDgram();
        SocketDescriptor.forThread(socket.intValue());
        try {
            socket.setRawOpt(SOL_SOCKET, SO_SNDTIMEO, attemptTime());
        } catch (IOException e) {
            LOG.warn("the supervisor is waited for without a limit: cause={}", e.toString());
        }
        return Optional.of(new Notifier(socket, path));
    }

    /** Of struct timeval: seconds, microseconds. */
    private static ByteBuffer attemptTime() {
        ByteBuffer value = ByteBuffer.allocateDirect(TIMEVAL_BYTES).order(ByteOrder.nativeOrder());
        return value.putLong(0).putLong(ATTEMPT_MICROS).flip();
    }

    /** Sends assignments, one a line. */
    synchronized void send(String... lines) {
        byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        ByteBuffer datagram = ByteBuffer.allocateDirect(text.length);
        datagram.put(text);
        try {
            sendWhole(datagram, text.length);
        } catch (IOException e) {
            if (!isSaid) {
                isSaid = true;
                LOG.warn("the supervisor does not hear: cause={}", e.toString());
            }
        }
    }

    /** Nothing is sent where the supervisor's queue stays full. */
    private void sendWhole(ByteBuffer datagram, int bytes) throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            if (socket.sendToDomainSocket(datagram, 0, bytes, path) > 0) {
                return;
            }
        }
        throw new IOException("its queue is full");
    }
}
