package io.pramd.daemon.process;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.protocol.InfoValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A program whose virtual threads share one client, and which never closes it. */
final class ManyVirtualThreads {
    private static final int THREADS = 2000;

    private ManyVirtualThreads() {}

    public static void main(String[] args) throws Exception {
        PramClient client = PramClient.connect(args[0]);
        List<Future<Boolean>> all = new ArrayList<>();
        long connections = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                all.add(threads.submit(() -> saveAndLoad(client, number)));
            }
            connections = connectionsOf(client);
        }
        long right = 0;
        for (Future<Boolean> each : all) {
            right += each.get() ? 1 : 0;
        }
        System.out.println("right=" + right);
        System.out.println("connections=" + Math.max(connections, connectionsOf(client)));
    }

    private static boolean saveAndLoad(PramClient client, int number) {
        byte[] bytes = new byte[100 + number * 7];
        Arrays.fill(bytes, (byte) number);
        String name = "n" + number;
        client.save(name, SaveOptions.defaults(), bytes);
        return Arrays.equals(client.load(name, LoadStream::readAllBytes), bytes);
    }

    private static long connectionsOf(PramClient client) {
        return ((InfoValue.Count) client.info().get("connections.open")).value();
    }
}
