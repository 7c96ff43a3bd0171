package io.pramd.daemon.supervise;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Socket;
import io.pramd.daemon.memory.SocketDescriptor;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * One owner. A connection between two processes of this machine over which lines and descriptors
 * go, in order. Calls wait, for {@link #LIMIT} at most.
 */
final class UnixStream implements AutoCloseable {
    /** How long the other side may be silent where it has something to say. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    private static final int LINE_BYTES_MAX = 8192;

    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDTIMEO = 21;

    /** Of struct ucred: pid, uid, gid. */
    private static final int UCRED_BYTES = 12;

    /** Of struct timeval: seconds, microseconds. */
    private static final int TIMEVAL_BYTES = 16;

    private final Socket socket;
    private final ByteBuffer one = ByteBuffer.allocateDirect(1);

    /**
     * Immutable. The process at the other end, as the kernel knows it. Where that has accepted the
     * connection it is the process that first listened on the socket, which may be one before it.
     */
    record Peer(int pid, int uid) {}

    private UnixStream(Socket socket) throws IOException {
        this.socket = socket;
        SocketDescriptor.forThread(socket.intValue());
        limit(SO_RCVTIMEO);
        limit(SO_SNDTIMEO);
    }

    /** Of a connection that was accepted. */
    static UnixStream accepted(int fd) throws IOException {
        return new UnixStream(new Socket(fd));
    }

    /** To whoever listens there; empty: nobody does. */
    static Optional<UnixStream> connect(Path path) throws IOException {
        Socket socket = Socket.newSocketDomain();
        try {
            socket.connect(new DomainSocketAddress(path.toString()));
            return Optional.of(new UnixStream(socket));
        } catch (FileNotFoundException e) {
            socket.close();
            return Optional.empty();
        } catch (ConnectException e) {
            socket.close();
            if (String.valueOf(e.getMessage()).contains("refused")) {
                return Optional.empty(); // the file of one that was killed
            }
            throw e;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private void limit(int option) throws IOException {
        ByteBuffer value = ByteBuffer.allocateDirect(TIMEVAL_BYTES).order(ByteOrder.nativeOrder());
        value.putLong(LIMIT.toSeconds()).putLong(0).flip();
        socket.setRawOpt(SOL_SOCKET, option, value);
    }

    Peer peer() throws IOException {
        ByteBuffer value = ByteBuffer.allocateDirect(UCRED_BYTES).order(ByteOrder.nativeOrder());
        socket.getRawOpt(SOL_SOCKET, SO_PEERCRED, value);
        return new Peer(value.getInt(0), value.getInt(Integer.BYTES));
    }

    void send(String line) throws IOException {
        byte[] bytes = (line + '\n').getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        int at = 0;
        while (at < bytes.length) {
            int from = at;
            int sent = orEnded(() -> socket.send(out, from, bytes.length));
            if (sent <= 0) {
                throw silent();
            }
            at += sent;
        }
    }

    /** Byte by byte: what comes behind the line may be a descriptor. */
    String receive() throws IOException {
        byte[] line = new byte[LINE_BYTES_MAX];
        for (int length = 0; length < line.length; length++) {
            int received = orEnded(() -> socket.recv(one, 0, 1));
            if (received < 0) {
                throw new Ended();
            }
            if (received == 0) {
                throw silent();
            }
            line[length] = one.get(0);
            if (line[length] == '\n') {
                return new String(line, 0, length, StandardCharsets.UTF_8);
            }
        }
        throw new IOException("the other process sends a line that is too long");
    }

    void sendDescriptor(int fd) throws IOException {
        if (orEnded(() -> socket.sendFd(fd)) <= 0) {
            throw silent();
        }
    }

    /** Its own from now on, which it has to close. */
    int receiveDescriptor() throws IOException {
        int fd = orEnded(socket::recvFd);
        if (fd < 0) {
            throw new Ended();
        }
        if (fd == 0) {
            throw silent();
        }
        SocketDescriptor.forEventLoop(fd);
        return fd;
    }

    /** A call of the kernel's. */
    private interface Transfer {
        int run() throws IOException;
    }

    /** Whoever ends with bytes that it has not read, or before it was written to, resets. */
    private static int orEnded(Transfer transfer) throws IOException {
        try {
            return transfer.run();
        } catch (Errors.NativeIoException e) {
            boolean isEnded =
                    e.expectedErr() == Errors.ERRNO_ECONNRESET_NEGATIVE
                            || e.expectedErr() == Errors.ERRNO_EPIPE_NEGATIVE;
            throw isEnded ? new Ended() : e;
        }
    }

    /** What an operator reads of it. */
    static String cause(Exception e) {
        return e instanceof Ended || e instanceof Silence ? e.getMessage() : e.toString();
    }

    private static Silence silent() {
        return new Silence();
    }

    /** Immutable. The other process has closed the connection, or is gone. */
    static final class Ended extends IOException {
        private static final long serialVersionUID = 1L;

        private Ended() {
            super("the other process has closed the connection");
        }
    }

    /** Immutable. The other process did not say in time what it had to say. */
    static final class Silence extends IOException {
        private static final long serialVersionUID = 1L;

        private Silence() {
            super("the other process does not answer: seconds=" + LIMIT.toSeconds());
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // the descriptor is gone all the same
        }
    }
}
