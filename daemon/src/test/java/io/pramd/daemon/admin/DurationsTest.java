package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DurationsTest {
    private static final long[] BOUNDS = {10, 20, 50};

    @Test
    void countsUpToEachBoundAndBeyondTheLast() {
        Durations durations = new Durations(BOUNDS);
        for (long nanos : new long[] {0, 10, 11, 20, 50, 51, 1_000_000}) {
            durations.add(nanos);
        }

        assertThat(durations.counts()).containsExactly(2, 2, 1, 2);
        assertThat(durations.sumSeconds()).isEqualTo(1_000_142 / 1e9);
    }

    @Test
    void countsTheSameBetweenFewerBounds() {
        Durations durations = new Durations(BOUNDS);
        for (long nanos : new long[] {5, 15, 30, 60}) {
            durations.add(nanos);
        }

        assertThat(durations.counts(new long[] {20})).containsExactly(2, 2);
        assertThat(durations.counts(BOUNDS)).containsExactly(durations.counts());
        assertThat(durations.counts(new long[] {50})).containsExactly(3, 1);
    }

    @Test
    void boundsOfPrometheusAreAmongTheFineOnes() {
        assertThat(Durations.fineBounds()).isSorted().doesNotHaveDuplicates();
        assertThat(Durations.fineBounds()).contains(Meters.REQUEST_NANOS);
        assertThat(Meters.FORCE_NANOS).isSorted();
    }

    @Test
    void tellsPercentilesAsNearAsItsBoundsAre() {
        long[] bounds = Durations.fineBounds();
        Durations durations = new Durations(bounds);
        for (int i = 1; i <= 1000; i++) {
            durations.add(i * 10_000L); // 10 us to 10 ms
        }

        long[] counts = durations.counts();

        assertThat(Durations.quantileNanos(bounds, counts, 0.5)).isCloseTo(5e6, within(3e5));
        assertThat(Durations.quantileNanos(bounds, counts, 0.99)).isCloseTo(9.9e6, within(3e5));
    }

    @Test
    void ofNoneAPercentileIsZeroAndOfWhatIsTooLongTheLastBound() {
        long[] counts = new long[BOUNDS.length + 1];
        assertThat(Durations.quantileNanos(BOUNDS, counts, 0.99)).isZero();
        counts[BOUNDS.length] = 1;
        assertThat(Durations.quantileNanos(BOUNDS, counts, 0.99))
                .isEqualTo(Arrays.stream(BOUNDS).max().orElseThrow());
    }
}
