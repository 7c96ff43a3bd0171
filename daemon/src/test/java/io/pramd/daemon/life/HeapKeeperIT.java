package io.pramd.daemon.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.Commands;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class HeapKeeperIT {
    private static final long MEBIBYTE = 1 << 20;
    private static final long UNASKED = 32 * MEBIBYTE;
    private static final int LIVE_MEBIBYTES = 16;

    @TempDir Path folder;

    @Test
    void oldObjectsAreCollectedLongBeforeTheHeapIsFull() {
        assertThat(peak("kept", "-XX:+UseSerialGC"))
                .isBetween(LIVE_MEBIBYTES, 3 * LIVE_MEBIBYTES + (int) (UNASKED / MEBIBYTE) + 150);
    }

    @Test
    void theCollectorItselfWaits() {
        assertThat(peak("alone", "-XX:+UseSerialGC")).isGreaterThan(500);
    }

    @Test
    void anotherCollectorIsLeftAlone() {
        assertThat(peak("kept", "-XX:+UseG1GC")).isZero();
    }

    private int peak(String who, String collector) {
        List<String> words =
                new ArrayList<>(
                        List.of(collector, "-Xms60m", "-Xmn20m", "-Xmx2g", "-cp", classPath()));
        words.addAll(List.of(Aging.class.getName(), who));
        CommandProcess.Ended ended = Commands.in(folder).java(words.toArray(String[]::new));
        assertThat(ended.exitCode()).as(ended.stderr()).isZero();
        return Integer.parseInt(ended.stdout().strip());
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    /** Has objects grow old and die, about 130 MiB a second; prints the most old ones, in MiB. */
    static final class Aging {
        private static final int OBJECTS = LIVE_MEBIBYTES * 64;
        private static final int OBJECT_BYTES = 1 << 14;
        private static final int ROUNDS = 600;
        private static final int DIE_IN_A_ROUND = 64;

        private Aging() {}

        public static void main(String[] args) throws InterruptedException {
            if (args[0].equals("kept")) {
                HeapKeeper.start(UNASKED);
            }
            Deque<byte[]> live = new ArrayDeque<>();
            long peak = 0;
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < DIE_IN_A_ROUND; i++) {
                    live.add(new byte[OBJECT_BYTES]);
                    if (live.size() > OBJECTS) {
                        live.remove();
                    }
                }
                peak = Math.max(peak, oldBytes());
                Thread.sleep(8);
            }
            System.out.println(peak / MEBIBYTE);
        }

        private static long oldBytes() {
            return ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getName().equals("Tenured Gen"))
                    .map(MemoryPoolMXBean::getUsage)
                    .mapToLong(usage -> usage.getUsed())
                    .sum();
        }
    }
}
