package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.RunLength;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams much longer than any heap they pass through. */
class StreamLengthIT {
    private static final long GIB = 1L << 30;

    /** Either is many times the heaps. */
    private static final long LENGTH = GIB / RunLength.of(4, 1) + 1;

    private static final int STREAMS = 48;
    private static final int STREAM_BYTES = 3_000_001;
    private static final int CHUNK_MAX = 300_001;

    private static final String COPY = "set -o pipefail; pram cat first | pram save second";
    private static final Map<String, String> SMALL_HEAP = Map.of("PRAMD_OPTS", "-Xmx64m");

    @TempDir Path folder;

    /** The bytes of a stream: the same for a seed, but no two pages alike. */
    private static final class Pattern {
        private static final int PRIME = 1_000_003;

        private final byte[] block = new byte[PRIME + CHUNK_MAX];
        private long at;

        Pattern(long seed) {
            new Random(seed).nextBytes(block);
            System.arraycopy(block, 0, block, PRIME, CHUNK_MAX);
        }

        /** Where in {@link #block} the next bytes are, at least {@link #CHUNK_MAX} of them. */
        int next(int count) {
            int offset = (int) (at % PRIME);
            at += count;
            return offset;
        }
    }

    private static void save(PramClient client, String name, long length, long seed)
            throws IOException {
        Pattern pattern = new Pattern(seed);
        Random chunks = new Random(seed);
        try (SaveStream save = client.openSave(name, SaveOptions.defaults())) {
            for (long left = length; left > 0; ) {
                int count = (int) Math.min(left, 1 + chunks.nextInt(CHUNK_MAX));
                save.write(pattern.block, pattern.next(count), count);
                left -= count;
            }
            save.finish();
        }
    }

    private static void loadAndCompare(PramClient client, String name, long length, long seed)
            throws IOException {
        Pattern pattern = new Pattern(seed);
        Random chunks = new Random(seed + 1);
        byte[] chunk = new byte[CHUNK_MAX];
        try (LoadStream load = client.openLoad(name, LoadOptions.defaults())) {
            assertThat(load.node().length()).isEqualTo(length);
            long position = 0;
            for (int read; (read = load.read(chunk, 0, 1 + chunks.nextInt(CHUNK_MAX))) >= 0; ) {
                int offset = pattern.next(read);
                if (!Arrays.equals(chunk, 0, read, pattern.block, offset, offset + read)) {
                    throw new AssertionError(name + " differs behind byte " + position);
                }
                position += read;
            }
            assertThat(position).as("bytes of %s", name).isEqualTo(length);
            load.finish();
        }
    }

    @Test
    @Timeout(300)
    void carriesLongStreamsThroughSmallHeapsInAnyChunks() throws Exception {
        Path memory = folder.resolve("m");
        try (DaemonProcess daemon = DaemonProcess.start(SMALL_HEAP, memory, "--size", "2200M");
                PramClient client = PramClient.connect(daemon.uri())) {
            save(client, "first", LENGTH, 1);
            Ended copied =
                    new Commands(folder, Map.of())
                            .with("PRAM_SERVER", daemon.uri())
                            .with("PRAM_OPTS", "-Xmx32m")
                            .run(List.of("bash", "-c", COPY), Duration.ofMinutes(4));
            assertThat(copied.exitCode()).as(copied.stderr()).isZero();
            loadAndCompare(client, "second", LENGTH, 1);
            assertThat(client.list("")).hasSize(1);
            assertThat(daemon.log()).doesNotContain("ERROR", "WARN");
        }
    }

    @Test
    void carriesManyStreamsSideBySide() throws Exception {
        Path memory = folder.resolve("m");
        try (DaemonProcess daemon = DaemonProcess.start(SMALL_HEAP, memory, "--size", "256M");
                PramClient client = PramClient.connect(daemon.uri());
                ExecutorService threads = Executors.newFixedThreadPool(STREAMS)) {
            List<Callable<Void>> roundTrips = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                String name = "n" + i;
                int seed = i;
                roundTrips.add(
                        () -> {
                            save(client, name, STREAM_BYTES, seed);
                            loadAndCompare(client, name, STREAM_BYTES, seed);
                            save(client, name, STREAM_BYTES, seed);
                            return null;
                        });
            }
            for (Future<Void> each : threads.invokeAll(roundTrips)) {
                each.get();
            }
            assertThat(client.list("")).hasSize(STREAMS);
            assertThat(daemon.log()).doesNotContain("ERROR", "WARN");
            assertThat(daemon.stop()).isZero();
        }
        Ended checked = Commands.in(folder).pramd("fsck", memory.toString());
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
    }
}
