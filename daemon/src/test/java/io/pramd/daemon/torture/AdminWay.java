package io.pramd.daemon.torture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Thread-safe. The admin listener of one daemon, with a token where one is needed. */
final class AdminWay implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60); // on a busy machine
    private static final int OK = 200;

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final String admin;
    private final Path token; // null: none is needed

    /**
     * @param admin a URI that ends with a slash
     * @param token a file, which is read each time: tokens are renewed; null: none is needed
     */
    AdminWay(String admin, Path token) {
        this.admin = admin;
        this.token = token;
    }

    /** Whether who asks must show who he is, which takes the daemon its time. */
    boolean isGuarded() {
        return token != null;
    }

    /**
     * Asks.
     *
     * @param headers names and values in turn
     */
    HttpResponse<String> ask(String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(admin + path)).timeout(PATIENCE);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + Files.readString(token).strip());
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** Asks for JSON that must be there. */
    JsonNode json(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = ask("api/v1/" + path);
        if (answer.statusCode() != OK) {
            throw new IOException("no answer: " + answer.statusCode() + " " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new WrongAnswer("not JSON: " + text);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
