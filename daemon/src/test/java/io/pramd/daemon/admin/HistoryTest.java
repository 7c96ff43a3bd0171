package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pramd.daemon.server.Traffic;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private final Meters meters = new Meters();
    private final Map<String, Object> info = new HashMap<>();
    private Traffic traffic = new Traffic(0, 0, 0);
    private final long begin = System.nanoTime();
    private final History history = new History(meters, () -> info, () -> traffic);

    private void sampleAtSecond(long second) {
        history.sample(second * 1000, begin + TimeUnit.SECONDS.toNanos(second));
    }

    @Test
    void ratesAreOfOneSecondEach() {
        sampleAtSecond(1);
        traffic = new Traffic(8192, 4096, 10);
        info.put("commits.count", 4L);
        info.put("force.count", 2L);
        sampleAtSecond(3);

        History.Sample sample = history.after(1000).getFirst();

        assertThat(history.after(1000)).hasSize(1);
        assertThat(sample.t()).isEqualTo(3000);
        assertThat(sample.savedBytes()).isEqualTo(4096);
        assertThat(sample.loadedBytes()).isEqualTo(2048);
        assertThat(sample.requests()).isEqualTo(5);
        assertThat(sample.commits()).isEqualTo(2);
        assertThat(sample.forces()).isEqualTo(1);
    }

    @Test
    void percentilesAreOfTheLastSecondAndNotOfWholeStreams() {
        meters.answered("stat", "ok", TimeUnit.SECONDS.toNanos(1));
        sampleAtSecond(1);
        meters.answered("save", "ok", TimeUnit.SECONDS.toNanos(50));
        meters.answered("stat", "ENOENT", TimeUnit.MICROSECONDS.toNanos(100));
        sampleAtSecond(2);
        sampleAtSecond(3);

        assertThat(history.after(0).get(0).p99Micros()).isCloseTo(1e6, within(2.5e5));
        assertThat(history.after(0).get(1).p50Micros()).isCloseTo(100, within(25.0));
        assertThat(history.after(0).get(1).p99Micros()).isCloseTo(100, within(25.0));
        assertThat(history.after(0).get(2).p99Micros()).isZero();
    }

    @Test
    void showsTheLongestForceOfEachSecond() {
        meters.forced(TimeUnit.MILLISECONDS.toNanos(7));
        meters.forced(TimeUnit.MILLISECONDS.toNanos(70));
        sampleAtSecond(1);
        sampleAtSecond(2);

        assertThat(history.after(0))
                .extracting(History.Sample::forceMaxMillis)
                .containsExactly(70.0, 0.0);
    }

    @Test
    void showsWhatIsOpenAndFree() {
        info.put("frames.free", 77L);
        info.put("connections.open", 3L);
        info.put("streams.saving", 1L);
        info.put("streams.loading", 2L);
        sampleAtSecond(1);

        History.Sample sample = history.after(0).getFirst();

        assertThat(sample.freeFrames()).isEqualTo(77);
        assertThat(sample.connections()).isEqualTo(3);
        assertThat(sample.streams()).isEqualTo(3);
    }

    @Test
    void aTickBehindALateOneIsPartOfTheNextSample() {
        history.sample(2900, begin + TimeUnit.MILLISECONDS.toNanos(2900));
        traffic = new Traffic(4096, 0, 1);
        history.sample(2900, begin + TimeUnit.MILLISECONDS.toNanos(2900) + 1000);
        history.sample(3300, begin + TimeUnit.MILLISECONDS.toNanos(3300));
        sampleAtSecond(4);

        assertThat(history.after(0)).extracting(History.Sample::t).containsExactly(2900L, 4000L);
        assertThat(history.after(2900).getFirst().savedBytes()).isEqualTo(3724); // in 1.1 s
    }

    @Test
    void timesRiseWhenTheClockIsSetBack() {
        sampleAtSecond(100);
        history.sample(7000, begin + TimeUnit.SECONDS.toNanos(101));
        history.sample(8000, begin + TimeUnit.MILLISECONDS.toNanos(102_500));

        assertThat(history.after(100_000))
                .extracting(History.Sample::t)
                .containsExactly(101_000L, 102_500L);
    }

    @Test
    void keepsTheLastTenMinutes() {
        for (int second = 1; second <= History.SAMPLES_MAX + 5; second++) {
            sampleAtSecond(second);
        }

        assertThat(history.after(0)).hasSize(History.SAMPLES_MAX);
        assertThat(history.after(0).getFirst().t()).isEqualTo(6000);
        assertThat(history.after((History.SAMPLES_MAX + 5) * 1000L)).isEmpty();
    }
}
