package io.pramd.daemon.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * One owner. The yardstick's other end, a process of its own: takes so many bytes and gives so many
 * back, as plainly as it can be done: a blocking thread for each connection. Ends with its stdin.
 */
final class PlainServer {
    /** Bytes read or written at a time. */
    static final int CHUNK_BYTES = 1 << 20;

    /** A request begins with its length, this head included, and the length of its answer. */
    static final int HEAD_BYTES = 2 * Long.BYTES;

    private PlainServer() {}

    public static void main(String[] args) throws IOException {
        for (SocketKind kind : SocketKind.values()) {
            ServerSocketChannel server = kind.listen(args[0]);
            System.out.println(kind.printed(server));
            start("plain-accept", () -> acceptAll(kind, server));
        }
        while (System.in.read() >= 0) {}
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void acceptAll(SocketKind kind, ServerSocketChannel server) {
        try {
            while (true) {
                SocketChannel socket = server.accept();
                kind.prepare(socket);
                start("plain-serve", () -> serve(socket));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void serve(SocketChannel socket) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
        try (socket) {
            while (serveOne(socket, buffer)) {}
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False when the client is gone. */
    private static boolean serveOne(SocketChannel socket, ByteBuffer buffer) throws IOException {
        buffer.clear();
        while (buffer.position() < HEAD_BYTES) {
            if (socket.read(buffer) < 0) {
                return false;
            }
        }
        long requestLeft = buffer.getLong(0) - buffer.position();
        long answerLeft = buffer.getLong(Long.BYTES);
        while (requestLeft > 0) {
            int come = socket.read(buffer.clear());
            if (come < 0) {
                return false;
            }
            requestLeft -= come;
        }
        while (answerLeft > 0) {
            answerLeft -= socket.write(buffer.clear().limit(part(answerLeft)));
        }
        return true;
    }

    private static int part(long left) {
        return (int) Math.min(left, CHUNK_BYTES);
    }
}
