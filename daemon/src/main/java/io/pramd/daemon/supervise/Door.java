package io.pramd.daemon.supervise;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.pramd.daemon.memory.SocketDescriptor;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.BindFault;
import io.pramd.daemon.server.UnixSocketFile;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Thread-safe. The Unix socket at which successors knock; only this user can. */
final class Door implements AutoCloseable {
    private static final int BACKLOG = 16;
    private static final int ADDRESS_BYTES = 128;

    private final Socket socket;
    private final UnixSocketFile file;

    private Door(Socket socket, Path path) {
        this.socket = socket;
        this.file = new UnixSocketFile(path);
        SocketDescriptor.forThread(socket.intValue());
        file.bound();
    }

    /**
     * Listens.
     *
     * @throws StoreException EINVAL where sockets cannot be handed over, and as {@link
     *     UnixSocketFile#requireFree} and {@link BindFault}
     */
    static Door open(Path path) {
        requirePossible(path);
        new UnixSocketFile(path).requireFree();
        Socket socket = Socket.newSocketDomain();
        try {
            socket.bind(new DomainSocketAddress(path.toString()));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            socket.listen(BACKLOG);
        } catch (IOException e) {
            throw BindFault.of("cannot listen for a successor: path=" + path, e);
        }
        return new Door(socket, path);
    }

    /** The predecessor's, which is this process's from now on. */
    static Door inherit(Path path, int fd) {
        return new Door(new Socket(fd), path);
    }

    /**
     * @throws StoreException EINVAL where sockets cannot be handed over
     */
    static void requirePossible(Path path) {
        if (!Epoll.isAvailable()) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "a hand-over needs Netty's native library, which does not load here: socket="
                            + path);
        }
    }

    int fd() {
        return socket.intValue();
    }

    /**
     * Waits for the next one. Whoever receives the socket has calls on it answer at once, also here
     * and also when it then takes nothing over: that is undone before each wait, or none would be
     * one.
     */
    UnixStream accept() throws IOException {
        int fd = -1;
        while (fd < 0) {
            SocketDescriptor.forThread(socket.intValue());
            fd = socket.accept(new byte[ADDRESS_BYTES]);
        }
        return UnixStream.accepted(fd);
    }

    /** Nobody finds it any more. The socket goes with the process. */
    @Override
    public void close() {
        file.removeOwn();
    }
}
