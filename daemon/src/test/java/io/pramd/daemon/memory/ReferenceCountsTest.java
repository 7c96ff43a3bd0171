package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ReferenceCountsTest {
    private final ReferenceCounts counts = new ReferenceCounts(1024);

    @Test
    void answersTheCountBeforeARetainAndAfterARelease() {
        assertThat(counts.retain(7)).isZero();
        assertThat(counts.retain(7)).isEqualTo(1);
        assertThat(counts.release(7)).isEqualTo(1);
        assertThat(counts.release(7)).isZero();
        assertThat(counts.count(6)).isZero();
        assertThat(counts.count(8)).isZero();
    }

    @Test
    void saturatedCountIsNeverLeftAgain() {
        for (int i = 0; i < 254; i++) {
            counts.retain(9);
        }
        assertThat(counts.release(9)).isEqualTo(253);
        for (int i = 0; i < 1000; i++) {
            counts.retain(9);
        }
        assertThat(counts.count(9)).isEqualTo(ReferenceCounts.SATURATED);
        for (int i = 0; i < 2000; i++) {
            assertThat(counts.release(9)).isEqualTo(ReferenceCounts.SATURATED);
        }
    }

    @Test
    void keepsItsCountsWhenTheFileGrows() {
        counts.retain(9);
        counts.grow(200_000);
        assertThat(counts.frameCount()).isEqualTo(200_000);
        assertThat(counts.count(9)).isEqualTo(1);
        counts.fill(65_000, 2000, 3);
        assertThat(counts.count(64_999)).isZero();
        assertThat(counts.count(65_535)).isEqualTo(3);
        assertThat(counts.count(65_536)).isEqualTo(3);
        assertThat(counts.count(66_999)).isEqualTo(3);
        assertThat(counts.count(67_000)).isZero();
        assertThat(counts.retain(199_999)).isZero();
    }

    @Test
    void releaseOfAnUnreferencedFrameIsABug() {
        assertThatThrownBy(() -> counts.release(3)).isInstanceOf(IllegalStateException.class);
    }
}
