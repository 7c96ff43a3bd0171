package io.pramd.daemon.admin;

import io.pramd.daemon.server.ClientView;
import io.pramd.daemon.server.Server;
import io.pramd.daemon.server.StreamView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Thread-safe: who is connected, and what streams are open. */
final class ClientsResource {
    private final Server server;
    private final Executor worker;

    /**
     * @param worker makes the answer, which may be long, of what event loops have seen
     */
    ClientsResource(Server server, Executor worker) {
        this.server = server;
        this.worker = worker;
    }

    /** Those with streams first, then the oldest; {@code more} counts those left out. */
    CompletionStage<Answer> list(Request request) {
        return server.clients().thenApplyAsync(this::answer, worker);
    }

    private Answer answer(List<ClientView> clients) {
        long open = (Long) server.info().get("connections.open");
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("now", System.currentTimeMillis());
        answer.put("clients", clients.stream().map(ClientsResource::client).toList());
        answer.put("more", Math.max(0, open - clients.size()));
        return Answer.json(answer);
    }

    private static Map<String, Object> client(ClientView view) {
        Map<String, Object> client = new LinkedHashMap<>();
        client.put("number", view.number());
        client.put("address", view.address());
        client.put("listener", view.listener());
        client.put("principal", view.principal());
        client.put("agent", view.agent());
        client.put("tls", view.isTls());
        client.put("openMillis", view.openMillis());
        client.put("idleMillis", view.idleMillis());
        client.put("savedBytes", view.savedBytes());
        client.put("loadedBytes", view.loadedBytes());
        client.put("streams", view.streams().stream().map(ClientsResource::stream).toList());
        return client;
    }

    private static Map<String, Object> stream(StreamView view) {
        Map<String, Object> stream = new LinkedHashMap<>();
        stream.put("id", view.id());
        stream.put("kind", view.kind());
        stream.put("name", view.name());
        stream.put("pages", view.pages());
        stream.put("pagesTotal", view.pagesTotal());
        stream.put("openMillis", view.openMillis());
        return stream;
    }
}
