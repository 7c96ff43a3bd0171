package io.pramd.daemon.supervise;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import io.pramd.daemon.memory.SocketDescriptor;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.daemon.server.ListenSocket;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Immutable. The sockets that whoever started this process has opened for it, as systemd does:
 * LISTEN_FDS of them from descriptor 3 on, for the process LISTEN_PID.
 */
final class ActivatedSockets {
    private static final int FIRST_FD = 3;
    private static final int SOCKETS_MAX = 64;

    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_DOMAIN = 39;
    private static final int SOCK_STREAM = 1;
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private ActivatedSockets() {}

    /**
     * All of them, none when they are for another process.
     *
     * @throws StoreException EINVAL for one on which no daemon can listen
     */
    static List<ListenSocket> of(Map<String, String> environment) {
        String count = environment.get("LISTEN_FDS");
        String pid = environment.get("LISTEN_PID");
        if (count == null || !String.valueOf(ProcessHandle.current().pid()).equals(pid)) {
            return List.of();
        }
        int sockets = count(count);
        if (sockets > 0 && !Epoll.isAvailable()) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "sockets of another process need Netty's native library, which does not load"
                            + " here: LISTEN_FDS="
                            + count);
        }
        String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
        List<ListenSocket> found = new ArrayList<>();
        for (int i = 0; i < sockets; i++) {
            found.add(lent(FIRST_FD + i, i < names.length ? names[i] : ""));
        }
        return found;
    }

    private static int count(String text) {
        try {
            int count = Integer.parseInt(text);
            if (count >= 0 && count <= SOCKETS_MAX) {
                return count;
            }
        } catch (NumberFormatException e) {
            // as a number beyond the limit
        }
        throw StoreException.of(
                Errno.EINVAL,
                "no number of sockets: LISTEN_FDS=" + text + " min=0 max=" + SOCKETS_MAX);
    }

    private static ListenSocket lent(int fd, String name) {
        try {
            Socket socket = new Socket(fd);
            if (socket.getIntOpt(SOL_SOCKET, SO_TYPE) == SOCK_STREAM
                    && socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) == 1) {
                ListenAddress address = address(socket, socket.getIntOpt(SOL_SOCKET, SO_DOMAIN));
                if (address != null) {
                    SocketDescriptor.forEventLoop(fd);
                    return new ListenSocket(address, fd, true);
                }
            }
        } catch (IOException | IllegalStateException e) {
            throw unusable(fd, name, e.getMessage());
        }
        throw unusable(fd, name, "expected a TCP or Unix stream socket that listens");
    }

    /** Null for another kind, and for a Unix socket without a path. */
    private static ListenAddress address(Socket socket, int domain) {
        return switch (domain) {
            case AF_INET, AF_INET6 -> new ListenAddress.Tcp(socket.localAddress(), false);
            case AF_UNIX -> {
                String path = socket.localDomainSocketAddress().path();
                yield path.startsWith("/")
                        ? new ListenAddress.Unix(Path.of(path).normalize())
                        : null;
            }
            default -> null;
        };
    }

    private static StoreException unusable(int fd, String name, String why) {
        return StoreException.of(
                Errno.EINVAL,
                "cannot listen on a socket that was passed: fd="
                        + fd
                        + " name="
                        + name
                        + " cause="
                        + why);
    }
}
