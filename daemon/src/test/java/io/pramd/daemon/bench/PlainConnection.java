package io.pramd.daemon.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Random;

/** One owner. The yardstick's near end: blocking reads and writes of direct memory. */
final class PlainConnection implements AutoCloseable {
    private static final int HEAD_BYTES = PlainServer.HEAD_BYTES;
    private static final int CHUNK_BYTES = PlainServer.CHUNK_BYTES;

    private final SocketChannel socket;
    private final ByteBuffer out = ByteBuffer.allocateDirect(CHUNK_BYTES);
    private final ByteBuffer in = ByteBuffer.allocateDirect(CHUNK_BYTES);

    private PlainConnection(SocketChannel socket) {
        this.socket = socket;
        byte[] random = new byte[CHUNK_BYTES];
        new Random(1).nextBytes(random);
        out.put(0, random);
    }

    static PlainConnection open(SocketKind kind, SocketAddress address) throws IOException {
        SocketChannel socket = SocketChannel.open(address);
        kind.prepare(socket);
        return new PlainConnection(socket);
    }

    /** Sends so many bytes, a head at least, and waits for so many. */
    void exchange(long requestBytes, long answerBytes) throws IOException {
        long requestAll = Math.max(requestBytes, HEAD_BYTES);
        out.putLong(0, requestAll).putLong(Long.BYTES, answerBytes);
        for (long left = requestAll; left > 0; ) {
            left -= socket.write(out.clear().limit((int) Math.min(left, CHUNK_BYTES)));
        }
        for (long left = answerBytes; left > 0; ) {
            int come = socket.read(in.clear());
            if (come < 0) {
                throw new EOFException("the plain peer is gone");
            }
            left -= come;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
