package io.pramd.daemon.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private static ProcessFigures anonMib(long mib) {
        return new ProcessFigures(mib << 10, 100, 50, 30);
    }

    @Test
    void seesMemoryThatGrowsAndNotThatOfTheWarmUp() {
        Samples steady = new Samples();
        Samples growing = new Samples();
        for (int i = 0; i < 40; i++) {
            steady.add(anonMib(i < 10 ? 100 + 30 * i : 400 + i % 3));
            growing.add(anonMib(400 + i));
        }
        assertThat(steady.leaks()).isZero();
        assertThat(growing.leaks()).isEqualTo(1);
        Map<String, Long> figures = new LinkedHashMap<>();
        growing.describe(figures);
        assertThat(figures)
                .containsEntry("anonKibFirst", 400L << 10)
                .containsEntry("anonKibLast", 439L << 10)
                .containsEntry("anonKibPeak", 439L << 10)
                .containsEntry("anonKibGrowth", 20L << 10)
                .containsEntry("threadsGrowth", 0L);
    }
}
