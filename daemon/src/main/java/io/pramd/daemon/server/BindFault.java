package io.pramd.daemon.server;

import io.netty.channel.unix.Errors;
import io.pramd.daemon.memory.PathFault;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/** Immutable. Why a socket cannot be listened on. */
public final class BindFault {
    private BindFault() {}

    /**
     * EBUSY for an address in use, EACCES for one that this user may not have, EINVAL for one that
     * this machine has not, ENOENT and ENAMETOOLONG for the path of a Unix socket; else EIO.
     *
     * @param what cannot be done, with the address
     */
    public static StoreException of(String what, Throwable cause) {
        return StoreException.of(errno(cause), what + " cause=" + cause.getMessage());
    }

    /** The same of a TCP address. */
    public static StoreException of(String what, InetSocketAddress address, Throwable cause) {
        return isElsewhere(address.getAddress())
                ? StoreException.of(
                        Errno.EINVAL,
                        what
                                + " cause="
                                + cause.getMessage()
                                + " expected=an address of this machine")
                : of(what, cause);
    }

    private static Errno errno(Throwable cause) {
        Errno errno =
                switch (cause) {
                    case Errors.NativeIoException known -> PathFault.errno(-known.expectedErr());
                    case IOException known -> PathFault.errno(known);
                    default -> Errno.EIO;
                };
        return errno == Errno.EIO && cause instanceof BindException ? Errno.EBUSY : errno;
    }

    private static boolean isElsewhere(InetAddress host) {
        try {
            return !host.isAnyLocalAddress()
                    && !host.isLoopbackAddress()
                    && NetworkInterface.getByInetAddress(host) == null;
        } catch (SocketException e) {
            return false; // nobody can tell: the failure's own text has to do
        }
    }
}
