package io.pramd.client.cli;

import io.pramd.protocol.NodeRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;

/** Immutable: one look of {@code pram top}, as a JSON object on a line. */
final class TopJson {
    private TopJson() {}

    static void write(PrintWriter out, String server, TopSample sample, TopLook look)
            throws IOException {
        try (Json json = Json.line(out)) {
            json.object();
            json.text("time", Instant.ofEpochMilli(sample.epochMillis()).toString());
            json.text("server", server);
            json.text("failure", sample.failure() == null ? null : sample.failure().getMessage());
            json.object("rates");
            rates(json, sample.rates());
            json.end();
            json.array("streams");
            for (OpenStream stream : sample.figures().streams()) {
                stream(json, stream);
            }
            json.end();
            json.number("nodesTotal", sample.nodes().size());
            json.array("nodes");
            for (NodeRecord node : TopTables.first(sample.nodes(), look, look.nodesMax())) {
                NodePrinter.json(json, node);
            }
            json.end();
            json.key("info");
            InfoTree.of(sample.figures().values(), null).write(json);
            json.end();
        }
    }

    private static void rates(Json json, TopRates rates) throws IOException {
        json.decimal("savedBytes", rates.savedBytes());
        json.decimal("loadedBytes", rates.loadedBytes());
        json.decimal("requests", rates.requests());
        json.decimal("commits", rates.commits());
        json.decimal("forces", rates.forces());
    }

    private static void stream(Json json, OpenStream stream) throws IOException {
        json.object();
        json.text("kind", stream.kind());
        json.text("name", stream.name());
        json.number("pages", stream.pages());
        if (stream.pagesTotal() > 0) {
            json.number("pagesTotal", stream.pagesTotal());
        } else {
            json.nothing("pagesTotal");
        }
        json.number("openMillis", stream.openMillis());
        json.decimal("bytesPerSecond", stream.bytesPerSecond());
        json.number("connection", stream.connection());
        json.text("principal", stream.principal());
        json.end();
    }
}
