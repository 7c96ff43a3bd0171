package io.pramd.daemon.embedded;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import java.nio.charset.StandardCharsets;

/** Immutable. A program with a daemon inside, which it leaves open at its end. */
final class EmbeddedProgram {
    private EmbeddedProgram() {}

    public static void main(String[] args) {
        EmbeddedPramd daemon = EmbeddedPramd.start();
        try (PramClient client = PramClient.connect(daemon.uri(), PramConfig.defaults())) {
            client.save("a", "still here".getBytes(StandardCharsets.UTF_8));
            daemon.restart();
            byte[] bytes = client.load("a", in -> in.readAllBytes());
            System.out.println(new String(bytes, StandardCharsets.UTF_8));
        }
        EmbeddedPramd forgotten = EmbeddedPramd.start(daemon.memory().resolveSibling("other"));
        daemon.stop();
        System.out.println(forgotten.memory().getParent());
    }
}
