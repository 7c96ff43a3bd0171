package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
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

    @Test
    void countsAdjacentFramesAsOneByOne() {
        for (int begin = 30; begin < 50; begin++) {
            for (int frames = 1; frames < 40; frames++) {
                ReferenceCounts runs = new ReferenceCounts(1024);
                runs.retain(41);
                runs.retainForGood(43);
                boolean holds41 = begin <= 41 && 41 < begin + frames;
                boolean holds43 = begin <= 43 && 43 < begin + frames;
                assertThat(runs.retainRun(begin, frames))
                        .isEqualTo(frames - (holds41 ? 1 : 0) - (holds43 ? 1 : 0));
                for (int pfn = 20; pfn < 100; pfn++) {
                    int expected = pfn >= begin && pfn < begin + frames ? 1 : 0;
                    expected = pfn == 41 ? expected + 1 : pfn == 43 ? 255 : expected;
                    assertThat(runs.count(pfn)).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void countsARunOverTheBorderOfTwoParts() {
        ReferenceCounts large = new ReferenceCounts(200_000);
        assertThat(large.isUntouched(131_072)).isTrue();
        assertThat(large.retainRun(65_530, 65_600)).isEqualTo(65_600);
        assertThat(large.count(65_529)).isZero();
        assertThat(large.count(65_530)).isEqualTo(1);
        assertThat(large.count(131_129)).isEqualTo(1);
        assertThat(large.count(131_130)).isZero();
        assertThat(large.isUntouched(131_072)).isFalse();
        assertThat(large.isUntouched(199_999)).isTrue();
    }

    @Test
    void losesNoReferenceThatSeveralAddAtOnce() {
        IntStream.range(0, 100)
                .parallel()
                .forEach(
                        i -> {
                            counts.retainRun(3, 500);
                            counts.retain(400);
                        });
        assertThat(counts.count(3)).isEqualTo(100);
        assertThat(counts.count(502)).isEqualTo(100);
        assertThat(counts.count(400)).isEqualTo(200);
        assertThat(counts.count(503)).isZero();
    }
}
