package io.pramd.daemon.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One owner. A blocking connection to a server whose messages are lines of text and values of known
 * length. Requests are gathered until {@link #flush}.
 */
final class WireConnection implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    /** Values up to this are copied to the requests; longer ones go out from where they lie. */
    private static final int COPY_BYTES_MAX = 1 << 16;

    private static final int LINE_BYTES_MAX = 1024;

    private final SocketChannel socket;
    private final ByteBuffer content;
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final byte[] line = new byte[LINE_BYTES_MAX];

    private WireConnection(SocketChannel socket, byte[] content) {
        this.socket = socket;
        this.content = ByteBuffer.allocateDirect(content.length).put(content).flip();
    }

    /** Values will be that content, over and over. */
    static WireConnection open(SocketKind kind, SocketAddress address, byte[] content)
            throws IOException {
        SocketChannel socket = SocketChannel.open(address);
        kind.prepare(socket);
        return new WireConnection(socket, content);
    }

    void put(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        if (out.remaining() < bytes.length) {
            flush();
        }
        out.put(bytes);
    }

    void putValue(long bytes) throws IOException {
        if (bytes <= COPY_BYTES_MAX && bytes <= content.capacity()) {
            if (out.remaining() < bytes) {
                flush();
            }
            out.put(content.duplicate().limit((int) bytes));
            return;
        }
        flush();
        for (long left = bytes; left > 0; left -= content.capacity()) {
            writeAll(content.duplicate().limit((int) Math.min(left, content.capacity())));
        }
    }

    void flush() throws IOException {
        writeAll(out.flip());
        out.clear();
    }

    private void writeAll(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }

    /** The next line, without its end. */
    String readLine() throws IOException {
        int length = 0;
        byte last = next();
        while (last != '\n') {
            if (length == LINE_BYTES_MAX) {
                throw new IOException("a line is too long: " + new String(line, 0, length));
            }
            line[length++] = last;
            last = next();
        }
        return new String(line, 0, length, StandardCharsets.US_ASCII).stripTrailing();
    }

    /** Reads the next line if it begins like that; else it stays. */
    boolean skipLine(String beginning) throws IOException {
        if (beginning.isEmpty()) {
            return false;
        }
        if (!in.hasRemaining()) {
            read();
        }
        boolean begins = in.get(in.position()) == beginning.charAt(0);
        if (begins) {
            String all = readLine();
            if (!all.startsWith(beginning)) {
                throw new IOException("wrong answer: " + all);
            }
        }
        return begins;
    }

    /** Reads a line that must be that one. */
    void expect(String expected) throws IOException {
        require(expected, readLine());
    }

    static void require(String expected, String actual) throws IOException {
        if (!actual.equals(expected)) {
            throw new IOException("wrong answer: expected=" + expected + " actual=" + actual);
        }
    }

    private byte next() throws IOException {
        if (!in.hasRemaining()) {
            read();
        }
        return in.get();
    }

    private void read() throws IOException {
        int come = socket.read(in.clear());
        in.flip();
        if (come < 0) {
            in.limit(0);
            throw new EOFException("the server has closed the connection");
        }
    }

    /** Reads so many bytes of a value. */
    void readValue(long bytes) throws IOException {
        long left = bytes;
        while (left > 0) {
            if (!in.hasRemaining()) {
                read();
            }
            int part = (int) Math.min(left, in.remaining());
            in.position(in.position() + part);
            left -= part;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
