package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {
    @Test
    void aFewPassASecondAndTheOthersAreCounted() {
        Pace pace = new Pace();
        long now = System.nanoTime();
        for (int passed = 0; passed < Pace.PASSES_MAX; passed++) {
            assertThat(pace.passes(now)).isTrue();
        }
        assertThat(pace.passes(now)).isFalse();
        assertThat(pace.passes(now)).isFalse();
        assertThat(pace.passes(now + TimeUnit.SECONDS.toNanos(2))).isTrue();
        assertThat(pace.takeLeftOut()).isEqualTo(2);
        assertThat(pace.takeLeftOut()).isZero();
    }
}
