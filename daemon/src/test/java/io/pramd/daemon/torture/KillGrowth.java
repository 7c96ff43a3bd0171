package io.pramd.daemon.torture;

import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import io.pramd.client.RejectedException;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.WayIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/** One owner. Makes the memory file larger, by a command that is killed or by a busy daemon. */
final class KillGrowth {
    private static final long LARGEST_BYTES = 768L << 20;
    private static final long FRAME = 4096;
    private static final long STEP_FRAMES_MAX = 8192;

    private final Path folder;
    private final Path memory;
    private final Random random;

    KillGrowth(Path folder, Random random) {
        this.folder = folder;
        this.memory = folder.resolve("memory");
        this.random = random;
    }

    /** The next size in bytes, a frame larger at least; 0 when it is large enough. */
    private long next() {
        try {
            long now = Files.size(memory);
            return now >= LARGEST_BYTES ? 0 : now + FRAME * (1 + random.nextLong(STEP_FRAMES_MAX));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts {@code pramd grow} and kills it at some moment; answers whether it was killed. */
    boolean growAtRest(long startMillis) throws IOException, InterruptedException {
        long size = next();
        if (size == 0) {
            return false;
        }
        Path log = folder.resolve("daemon.log");
        Process grow =
                new ProcessBuilder(
                                DaemonProcess.launcher().toString(),
                                "grow",
                                memory.toString(),
                                "--size",
                                Long.toString(size))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        long millis = startMillis / 3 + random.nextLong(startMillis);
        if (grow.waitFor(Duration.ofMillis(millis))) {
            if (grow.exitValue() != 0) {
                throw new IllegalStateException("pramd grow ends with " + grow.exitValue());
            }
            return false;
        }
        grow.destroyForcibly().onExit().join();
        return true;
    }

    /** Asks a daemon to grow, which may be killed meanwhile; does not wait. */
    Thread growWhileServed(WayIn way, KillEvidence evidence) {
        long size = next();
        return Thread.ofVirtual().start(() -> grow(way, size, evidence));
    }

    private static void grow(WayIn way, long size, KillEvidence evidence) {
        if (size == 0) {
            return;
        }
        try (PramClient client = way.connect(KillHand.IMPATIENT)) {
            long has = client.grow(size);
            if (has < size) {
                evidence.fault("wrong", 1, "grew to " + has + " and not to " + size);
            }
        } catch (RejectedException e) {
            if (!e.getMessage().contains("drain")) {
                evidence.fault("wrong", 1, "growing was refused: " + e.getMessage());
            }
        } catch (PramException e) {
            evidence.note("growing was interrupted: " + e.getMessage()); // by the kill
        }
    }
}
