package io.pramd.daemon.process;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/**
 * Immutable. A program of somebody who runs Java 17: it goes on when its daemon was killed. This
 * file is run as it is, by a source launcher that knows the client's jars only.
 */
final class Survivor {
    private Survivor() {}

    public static void main(String[] args) throws IOException {
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PramConfig config = PramConfig.defaults().withRetryFor(Duration.ofSeconds(60));
        try (PramClient client = PramClient.connect(args[0], config)) {
            client.save("a", bytes(1));
            client.save("b", bytes(2));
            load(client, "a", bytes(1));
            say("ready on " + System.getProperty("java.specification.version"));

            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                say("loading " + order);
                load(client, order, bytes(2));
                client.save(order, bytes(2));
                say("saved " + order);
            }
        }
    }

    private static void load(PramClient client, String name, byte[] expected) throws IOException {
        byte[] loaded = client.load(name, in -> in.readAllBytes());
        say((Arrays.equals(loaded, expected) ? "loaded " : "got something else for ") + name);
    }

    private static byte[] bytes(int seed) {
        byte[] bytes = new byte[3_000_001];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void say(String what) {
        System.out.println(what);
    }
}
