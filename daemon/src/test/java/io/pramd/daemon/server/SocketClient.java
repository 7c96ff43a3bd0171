package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.pramd.daemon.server.ServerBytes.Answer;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.Message;
import io.pramd.protocol.Welcome;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One owner: a client on a real, blocking socket. Tests that use it have a time limit. */
final class SocketClient implements AutoCloseable {
    private final SocketChannel socket;
    private final ServerBytes server = new ServerBytes();

    /** Connects, and sends nothing. */
    SocketClient(ListenAddress address) throws IOException {
        this(address, 0);
    }

    /**
     * Connects, and sends nothing.
     *
     * @param receiveBufferBytes how much the kernel may take in ahead of us; 0 as it likes
     */
    SocketClient(ListenAddress address, int receiveBufferBytes) throws IOException {
        socket =
                switch (address) {
                    case ListenAddress.Tcp _ -> SocketChannel.open();
                    case ListenAddress.Unix _ -> SocketChannel.open(StandardProtocolFamily.UNIX);
                };
        if (receiveBufferBytes > 0) {
            socket.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
        }
        socket.connect(
                switch (address) {
                    case ListenAddress.Tcp tcp -> tcp.socket();
                    case ListenAddress.Unix unix -> UnixDomainSocketAddress.of(unix.path());
                });
    }

    /** Connects and is greeted. */
    static SocketClient greeted(ListenAddress address) throws IOException {
        return greeted(address, 0);
    }

    /** The same of a client that knows no feature. */
    static SocketClient simple(ListenAddress address) throws IOException {
        SocketClient client = new SocketClient(address);
        client.send(ClientBytes.greeting(0));
        client.next(0, Welcome.class);
        return client;
    }

    static SocketClient greeted(ListenAddress address, int receiveBufferBytes) throws IOException {
        SocketClient client = new SocketClient(address, receiveBufferBytes);
        client.send(ClientBytes.greeting());
        assertThat(client.next().message()).isInstanceOf(Welcome.class);
        return client;
    }

    SocketClient send(ClientBytes bytes) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(bytes.bytes());
        while (out.hasRemaining()) {
            socket.write(out);
        }
        return this;
    }

    /** The next packet; waits for it. */
    Answer next() throws IOException {
        Answer answer = server.poll();
        while (answer == null) {
            assertThat(receive()).as("the connection is open").isTrue();
            answer = server.poll();
        }
        return answer;
    }

    <M extends Message> M next(long id, Class<M> type) throws IOException {
        Answer answer = next();
        assertThat(answer.message()).isInstanceOf(type);
        assertThat(answer.id()).isEqualTo(id);
        return type.cast(answer.message());
    }

    ErrorReply nextError(long id, Errno errno) throws IOException {
        ErrorReply error = next(id, ErrorReply.class);
        assertThat(error.errno()).as(error.text()).isEqualTo(errno);
        return error;
    }

    /** Waits until the server closes; it must say nothing more. */
    void expectEnd() throws IOException {
        while (receive()) {
            // to the end
        }
        assertThat(server.poll()).isNull();
    }

    /** Waits for the end of a connection that may be reset. */
    void awaitEnd() {
        try {
            while (receive()) {
                // to the end
            }
        } catch (IOException e) {
            // reset
        }
    }

    /** Breaks the connection as a killed client's kernel does when data is left unread. */
    void reset() throws IOException {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        socket.close();
    }

    /** Closes the socket, as the client's last act. */
    void hangUp() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        server.close();
    }

    private boolean receive() throws IOException {
        ByteBuffer in = ByteBuffer.allocate(256 << 10);
        if (socket.read(in) < 0) {
            return false;
        }
        server.add(Unpooled.wrappedBuffer(in.flip()));
        return true;
    }
}
