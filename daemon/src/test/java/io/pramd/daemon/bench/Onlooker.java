package io.pramd.daemon.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One owner. Asks an admin listener over one connection, and does next to nothing besides. */
final class Onlooker implements AutoCloseable {
    private static final String LENGTH = "content-length:";
    private static final int BUFFER = 1 << 16;

    private final URI admin;
    private final Socket socket;
    private final DataInputStream answers;

    /**
     * @param admin where to look: a URI that ends with a slash
     */
    Onlooker(URI admin) throws IOException {
        this.admin = admin;
        socket = new Socket(admin.getHost(), admin.getPort());
        answers = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
    }

    /** Reads an answer to its end. */
    void look(String path) throws IOException {
        String request =
                "GET " + admin.getPath() + path + " HTTP/1.1\r\nHost: " + admin.getAuthority();
        socket.getOutputStream().write((request + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        String status = line();
        if (!status.startsWith("HTTP/1.1 200 ")) {
            throw new IOException("no answer: path=" + path + " status=" + status);
        }
        long length = 0;
        for (String header = line(); !header.isEmpty(); header = line()) {
            if (header.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
                length = Long.parseLong(header.substring(LENGTH.length()).strip());
            }
        }
        answers.skipNBytes(length);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = answers.readUnsignedByte();
                next != '\n';
                next = answers.readUnsignedByte()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
