package io.pramd.daemon.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.bench.BenchCase.Measured;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoalsTest {
    @Test
    void takesTheMedianOfTheRatiosOfTheRounds() {
        Goal.Verdict verdict = verdict(Map.of(CaseName.NODES64M_TCP, saves()), "save, x memcached");

        assertThat(verdict.measured()).isEqualTo(new Spread(1.5, 1, 2));
        assertThat(verdict.reached()).isEqualTo("yes");
        assertThat(verdict.by()).isEqualTo(CaseName.NODES64M_TCP);
    }

    @Test
    void saysWhatIsNotReached() {
        Map<CaseName, Measured> run = Map.of(CaseName.NODES64M_TCP, saves());

        assertThat(verdict(run, "save, x Redis").reached()).isEqualTo("no");
        assertThat(verdict(run, "save, CPU of the daemon").reached()).isEqualTo("no");
    }

    @Test
    void goalsWithoutACaseOrAContenderAreNotMeasured() {
        Map<CaseName, Measured> run = Map.of(CaseName.NODES64M_TCP, saves());

        assertThat(verdict(run, "save, x iperf3").isMeasured()).isFalse();
        assertThat(verdict(run, "pram ping").isMeasured()).isFalse();
    }

    private static Goal.Verdict verdict(Map<CaseName, Measured> run, String what) {
        return Goals.judge(run).stream()
                .filter(each -> each.goal().what().equals(what))
                .findFirst()
                .orElseThrow();
    }

    private static Measured saves() {
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        samples.put("pramd", samples(1, 2, 4));
        samples.put("memcached", samples(1, 3, 8));
        samples.put("Redis", samples(1, 4, 8));
        Series row = new Series("save, TCP", Unit.GIB, 1, samples);
        return new Measured("made up", List.of(row), List.of());
    }

    private static List<Sample> samples(double... seconds) {
        return Arrays.stream(seconds)
                .mapToObj(each -> new Sample(each, each, 0, 0, 0, new long[0], new Footprint(0, 0)))
                .toList();
    }
}
