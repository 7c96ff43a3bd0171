package io.pramd.daemon.server;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Immutable: a socket to listen on.
 *
 * @param address where it listens, or is to
 * @param fd of a socket that listens already, and that another process has made; {@link #NONE}: it
 *     is to be bound
 * @param isLent whether another process keeps it, and the file of a Unix socket with it, beyond the
 *     end of this one
 */
public record ListenSocket(ListenAddress address, int fd, boolean isLent) {
    /** Of a socket that is still to be bound. */
    public static final int NONE = -1;

    /** One that is not bound yet. */
    public static ListenSocket toBind(ListenAddress address) {
        return new ListenSocket(address, NONE, false);
    }

    /** Whether it listens already. */
    public boolean isInherited() {
        return fd != NONE;
    }

    /**
     * Whether it could be bound now. Of a Unix socket on which nobody listens any more it removes
     * the file, as binding does.
     *
     * @throws StoreException as binding does: {@link BindFault}, {@link UnixSocketFile#requireFree}
     */
    public void requireFree() {
        switch (address) {
            case ListenAddress.Tcp tcp -> requireFree(tcp.socket());
            case ListenAddress.Unix unix -> new UnixSocketFile(unix.path()).requireFree();
        }
    }

    /** As {@link #requireFree()}, of a TCP port. */
    public static void requireFree(InetSocketAddress address) {
        try (ServerSocket trial = new ServerSocket()) {
            trial.setReuseAddress(true); // as the binding will
            trial.bind(address);
        } catch (IOException e) {
            throw BindFault.of("cannot listen: address=" + address, address, e);
        }
    }

    void requireTransport(Transport transport) {
        if (isInherited() && transport != Transport.EPOLL) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "a socket of another process needs Netty's native library, which does not load"
                            + " here: address="
                            + address);
        }
    }
}
