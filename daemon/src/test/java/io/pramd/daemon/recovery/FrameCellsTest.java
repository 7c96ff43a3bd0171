package io.pramd.daemon.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameCellsTest {
    @Test
    void agreesWithOneUseAndOwnerForEachFrame() {
        int frames = 3000;
        Random random = new Random(7);
        FrameUse[] uses = new FrameUse[frames];
        int[] owners = new int[frames];
        Arrays.fill(uses, FrameUse.UNREACHED);
        try (Arena arena = Arena.ofConfined()) {
            FrameCells cells = new FrameCells(arena, frames);
            assertThat(cells.isExact()).isTrue();
            for (int i = 0; i < 200; i++) {
                int begin = random.nextInt(frames);
                int run = Math.min(1 + random.nextInt(150), frames - begin);
                FrameUse use = FrameUse.of(1 + random.nextInt(7));
                int fresh = 0;
                for (int pfn = begin; pfn < begin + run; pfn++) {
                    if (uses[pfn] == FrameUse.UNREACHED) {
                        uses[pfn] = use;
                        owners[pfn] = i + 1;
                        fresh++;
                    }
                }
                assertThat(cells.claim(begin, run, use, i + 1)).isEqualTo(fresh);
            }
            for (int pfn = 0; pfn < frames; pfn++) {
                assertThat(cells.use(pfn)).isEqualTo(uses[pfn]);
                assertThat(cells.owner(pfn)).isEqualTo(owners[pfn]);
            }
            assertThat(cells.owner(frames)).isEqualTo(FrameCells.NO_OWNER);
            assertThat(cells.plane(1 + frames / 64, 0)).isZero();
        }
    }

    @Test
    void framesOfALargeFileShareAnOwnerButNotTheirUse() {
        try (Arena arena = Arena.ofConfined()) {
            FrameCells cells = new FrameCells(arena, 4096, 1024);
            assertThat(cells.isExact()).isFalse();
            assertThat(cells.claim(5, 1, FrameUse.LINK, 9)).isEqualTo(1);
            assertThat(cells.claim(4, 3, FrameUse.DATA, 8)).isEqualTo(2);
            assertThat(cells.use(4)).isEqualTo(FrameUse.DATA);
            assertThat(cells.use(5)).isEqualTo(FrameUse.LINK);
            assertThat(cells.use(7)).isEqualTo(FrameUse.UNREACHED);
            for (int pfn = 4; pfn < 8; pfn++) {
                assertThat(cells.owner(pfn)).isEqualTo(9);
            }
            assertThat(cells.owner(8)).isEqualTo(FrameCells.NO_OWNER);
        }
    }
}
