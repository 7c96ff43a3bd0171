package io.pramd.daemon.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Thread-safe: what a daemon counts, and its last minutes, over HTTP. */
final class Monitoring {
    private static final int BYTES_FIRST = 32 << 10;

    private final Metrics metrics;
    private final History history;

    Monitoring(Metrics metrics, History history) {
        this.metrics = metrics;
        this.history = history;
    }

    Answer metrics(Request request) {
        ByteArrayOutputStream text = new ByteArrayOutputStream(BYTES_FIRST);
        try {
            metrics.write(text, request.accept());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Answer.of(
                HttpResponseStatus.OK, metrics.contentType(request.accept()), text.toByteArray());
    }

    Answer history(Request request) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("stepMillis", History.STEP_MILLIS);
        answer.put("samples", history.after(request.number("after", 0, 0, Long.MAX_VALUE)));
        return Answer.json(answer);
    }
}
