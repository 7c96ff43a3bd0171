package io.pramd.daemon.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakDetector;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.protocol.InfoValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A stream costs heap for each packet and each receive, but not for each page: what a longer one
 * allocates more than a shorter one is less than an object, or two numbers, a page.
 */
@Timeout(300)
class DataPathAllocationTest {
    private static final int MIB = 1 << 20;
    private static final int SHORT_MIB = 32;
    private static final int LONG_MIB = 160;
    private static final double LONGER_BY_PAGES =
            (double) (LONG_MIB - SHORT_MIB) * MIB / FileLayout.FRAME_BYTES;

    /** The smallest object has 16 bytes; half of one a page is spent on packets and receives. */
    private static final double BYTES_A_PAGE_MAX = 12;

    /** Others may keep the threads from what they do, so that the kernel hands over little. */
    private static final int ROUNDS_MAX = 6;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MIB);
    private final List<String> report = new ArrayList<>();
    private ResourceLeakDetector.Level level;

    /** What a save and a load allocate for each page more. */
    private record Costs(Cost save, Cost load) {
        boolean areWithin() {
            return save.isWithin() && load.isWithin();
        }

        static Costs between(Measured shorter, Measured longer) {
            return new Costs(
                    Cost.of(longer.save().minus(shorter.save())),
                    Cost.of(longer.load().minus(shorter.load())));
        }
    }

    private record Cost(double daemon, double client) {
        static Cost of(AllocatedBytes more) {
            return new Cost(more.daemon() / LONGER_BY_PAGES, more.client() / LONGER_BY_PAGES);
        }

        boolean isWithin() {
            return daemon < BYTES_A_PAGE_MAX && client < BYTES_A_PAGE_MAX;
        }

        @Override
        public String toString() {
            return String.format("daemon=%.1f client=%.1f", daemon, client);
        }
    }

    private record Measured(AllocatedBytes save, AllocatedBytes load) {}

    /** The watch over leaks, which all other tests have, is itself made of objects. */
    @BeforeEach
    void leaveLeaksAlone() {
        level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void watchForLeaksAgain() {
        ResourceLeakDetector.setLevel(level);
    }

    @Test
    void longerStreamAllocatesNothingForEachPage() {
        try (EmbeddedPramd daemon =
                        EmbeddedPramd.builder().sizeBytes((LONG_MIB + 16L) * MIB).start();
                PramClient client = PramClient.connect(daemon.uri())) {
            saveAndLoad(client, SHORT_MIB); // classes are loaded by it, and threads started
            Costs costs;
            do {
                costs =
                        Costs.between(
                                saveAndLoad(client, SHORT_MIB), saveAndLoad(client, LONG_MIB));
                report.add("save: " + costs.save() + ", load: " + costs.load());
            } while (!costs.areWithin() && report.size() < ROUNDS_MAX);

            assertThat(costs.areWithin()).as("bytes a page: %s", report).isTrue();
        }
    }

    private Measured saveAndLoad(PramClient client, int mebibytes) {
        long free = framesFree(client);
        AllocatedBytes before = AllocatedBytes.now();
        client.save(
                "stream",
                out -> {
                    for (int i = 0; i < mebibytes; i++) {
                        out.write(buffer.clear());
                    }
                });
        AllocatedBytes saved = AllocatedBytes.now();
        assertThat(client.<Long, RuntimeException>load("stream", this::read))
                .isEqualTo((long) mebibytes * MIB);
        Await.until("its frames are free", () -> framesFree(client) >= free);
        return new Measured(saved.minus(before), AllocatedBytes.now().minus(saved));
    }

    private long read(LoadStream in) {
        long bytes = 0;
        for (int come = 0; come >= 0; come = in.read(buffer.clear())) {
            bytes += come;
        }
        return bytes;
    }

    private static long framesFree(PramClient client) {
        return ((InfoValue.Count) client.info().get("frames.free")).value();
    }
}
