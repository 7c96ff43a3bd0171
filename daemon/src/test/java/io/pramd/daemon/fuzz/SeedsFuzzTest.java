package io.pramd.daemon.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * What the fuzzer begins with and what it has found, and for a short while what comes of changing
 * that blindly; {@code scripts/torture fuzz} goes on from there, guided by coverage.
 */
@Timeout(300)
class SeedsFuzzTest {
    private static final long CHANGED_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int CHANGED_MAX = 5_000;
    private static final int BYTES_MAX = 400;

    @ParameterizedTest
    @EnumSource(FuzzTarget.class)
    void survivesSeedsAndWhatIsLikeThem(FuzzTarget target) {
        Logger log = (Logger) LoggerFactory.getLogger("io.pramd.daemon");
        Level before = log.getLevel();
        log.setLevel(Level.ERROR);
        try {
            List<byte[]> seeds = target.seeds();
            assertThat(seeds).isNotEmpty();
            seeds.forEach(seed -> run(target, seed));
            long randomSeed = System.nanoTime();
            Random random = new Random(randomSeed);
            System.out.println(target + " fuzzed from seed " + randomSeed);
            long end = System.nanoTime() + CHANGED_NANOS;
            for (int i = 0; i < CHANGED_MAX && System.nanoTime() < end; i++) {
                run(target, changed(seeds.get(random.nextInt(seeds.size())), random));
            }
        } finally {
            log.setLevel(before);
        }
    }

    private static void run(FuzzTarget target, byte[] input) {
        try {
            target.run(input);
        } catch (Exception | Error e) {
            throw new AssertionError(target + " " + HexFormat.of().formatHex(input), e);
        }
    }

    private static byte[] changed(byte[] seed, Random random) {
        byte[] input = Arrays.copyOf(seed, Math.min(BYTES_MAX, seed.length + random.nextInt(20)));
        for (int i = random.nextInt(6); i >= 0 && input.length > 0; i--) {
            int at = random.nextInt(input.length);
            switch (random.nextInt(3)) {
                case 0 -> input[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                case 1 -> input[at] = (byte) random.nextInt(256);
                default -> {
                    int from = random.nextInt(input.length);
                    int count = Math.min(input.length - Math.max(at, from), 1 + random.nextInt(8));
                    System.arraycopy(input, from, input, at, count);
                }
            }
        }
        return input;
    }
}
