package io.pramd.daemon.server;

import java.util.List;

/** Immutable: open streams in lines to be read, for info. */
final class StreamLines {
    private static final int LINES_MAX = 256;

    private StreamLines() {}

    /** A line for each; the name comes last and goes to the end of the line. */
    static List<String> of(List<ClientView> clients) {
        return clients.stream()
                .flatMap(client -> client.streams().stream().map(stream -> line(client, stream)))
                .limit(LINES_MAX)
                .toList();
    }

    private static String line(ClientView client, StreamView stream) {
        return stream.kind()
                + " connection="
                + client.number()
                + " pages="
                + stream.pages()
                + " of="
                + stream.pagesTotal()
                + " millis="
                + stream.openMillis()
                + " principal="
                + (client.principal().isEmpty() ? "-" : client.principal())
                + " name="
                + stream.name();
    }
}
