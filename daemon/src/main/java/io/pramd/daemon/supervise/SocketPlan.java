package io.pramd.daemon.supervise;

import io.pramd.daemon.server.ListenAddress;
import io.pramd.daemon.server.ListenSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Immutable: which sockets of another process serve which listeners.
 *
 * @param serve to be served: each listener that was asked for, and what is lent beyond them
 * @param unused that nobody asked for
 */
record SocketPlan(List<ListenSocket> serve, List<ListenSocket> unused) {
    SocketPlan {
        serve = List.copyOf(serve);
        unused = List.copyOf(unused);
    }

    /**
     * A listener takes over the socket that listens where it is to listen; one on port 0 any socket
     * of its host. What a supervisor lends is served whether it is asked for or not.
     */
    static SocketPlan of(List<ListenAddress> wanted, List<ListenSocket> inherited) {
        List<ListenSocket> left = new ArrayList<>(inherited);
        List<ListenSocket> serve = new ArrayList<>();
        wanted.forEach(address -> serve.add(take(left, address, SocketPlan::isSame)));
        for (int i = 0; i < serve.size(); i++) {
            if (!serve.get(i).isInherited()) {
                serve.set(i, take(left, wanted.get(i), SocketPlan::isAnyPortOf));
            }
        }
        left.stream().filter(ListenSocket::isLent).forEach(serve::add);
        left.removeIf(ListenSocket::isLent);
        return new SocketPlan(serve, left);
    }

    private static ListenSocket take(
            List<ListenSocket> left,
            ListenAddress wanted,
            BiPredicate<ListenAddress, ListenAddress> isFor) {
        Optional<ListenSocket> found =
                left.stream().filter(socket -> isFor.test(wanted, socket.address())).findFirst();
        found.ifPresent(left::remove);
        return found.map(socket -> new ListenSocket(wanted, socket.fd(), socket.isLent()))
                .orElseGet(() -> ListenSocket.toBind(wanted));
    }

    private static boolean isSame(ListenAddress wanted, ListenAddress there) {
        if (wanted instanceof ListenAddress.Tcp one && there instanceof ListenAddress.Tcp other) {
            return one.socket().getPort() == other.socket().getPort() && isSameHost(one, other);
        }
        return wanted.equals(there);
    }

    private static boolean isAnyPortOf(ListenAddress wanted, ListenAddress there) {
        return wanted instanceof ListenAddress.Tcp one
                && there instanceof ListenAddress.Tcp other
                && one.socket().getPort() == 0
                && one.isTls() == other.isTls()
                && isSameHost(one, other);
    }

    /** The address of all interfaces has a form for each version of IP, and is one. */
    private static boolean isSameHost(ListenAddress.Tcp one, ListenAddress.Tcp other) {
        InetAddress host = one.socket().getAddress();
        InetAddress otherHost = other.socket().getAddress();
        return host.equals(otherHost) || host.isAnyLocalAddress() && otherHost.isAnyLocalAddress();
    }
}
