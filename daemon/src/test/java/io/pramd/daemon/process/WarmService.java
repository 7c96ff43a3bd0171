package io.pramd.daemon.process;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramListener;
import io.pramd.client.SaveStream;
import io.pramd.client.WarmState;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One owner. A service whose state is a number and a lot of bytes. It says on stdout where it has
 * it from, and does what it reads: {@code become NUMBER}, {@code checkpoint}. While the file that
 * its second argument names is there it goes no further than the middle of a save.
 */
final class WarmService {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int CHUNKS = 24;
    private static final long LOOK_NANOS = 5_000_000;

    private final Path gate;

    private WarmService(Path gate) {
        this.gate = gate;
    }

    public static void main(String[] args) throws IOException {
        new WarmService(Path.of(args[1])).run(args[0], args[2]);
    }

    private void run(String uri, String fingerprint) throws IOException {
        PramConfig config =
                PramConfig.defaults()
                        .withRetryFor(Duration.ofSeconds(2))
                        .withListener(
                                new PramListener() {
                                    @Override
                                    public void ended(Ended call) {
                                        if (call.verb().equals("load")
                                                && call.result() == Result.REJECTED) {
                                            System.out.println("waiting");
                                        }
                                    }
                                });
        PramClient client = PramClient.lazy(uri, config);
        WarmState<AtomicLong> warm =
                WarmState.of(client, "state")
                        .fingerprint(fingerprint)
                        .waitFor(Duration.ofSeconds(50))
                        .checkpointEvery(Duration.ofMinutes(10))
                        .restoreOrBuild(
                                in -> read(new DataInputStream(in)),
                                () -> new AtomicLong(),
                                this::write);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("ending")));
        System.out.println(warm.origin() + " " + warm.report().reason() + " " + warm.get());
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals("checkpoint")) {
                System.out.println("checkpoint " + warm.checkpoint().result());
            } else {
                warm.get().set(Long.parseLong(line.substring("become ".length())));
                System.out.println("became " + warm.get());
            }
        }
        warm.close();
        client.close();
    }

    private static AtomicLong read(DataInputStream in) throws IOException {
        AtomicLong number = new AtomicLong(in.readLong());
        for (int i = 0; i < CHUNKS; i++) {
            for (byte each : in.readNBytes(CHUNK_BYTES)) {
                if (each != (byte) number.get()) {
                    throw new IOException("of another state: " + each + " not " + number);
                }
            }
        }
        return number;
    }

    private void write(AtomicLong state, SaveStream out) throws IOException {
        long number = state.get();
        byte[] chunk = new byte[CHUNK_BYTES];
        Arrays.fill(chunk, (byte) number);
        new DataOutputStream(out).writeLong(number);
        for (int i = 0; i < CHUNKS; i++) {
            if (i == CHUNKS / 2 && Files.exists(gate)) {
                System.out.println("halfway");
                while (Files.exists(gate)) {
                    LockSupport.parkNanos(LOOK_NANOS);
                }
            }
            out.write(chunk, 0, CHUNK_BYTES);
        }
    }
}
