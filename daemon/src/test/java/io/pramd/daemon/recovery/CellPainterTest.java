package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.node.LoadStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellPainterTest {
    private static final int FRAMES = (int) (StoreFixture.SMALL_BYTES / PAGE);

    @TempDir Path folder;

    private static CellMap paint(MappedStore map, long from, long count, long per, boolean byNode) {
        return map.ask(look -> look.cells(new CellQuery(from, count, per, byNode)));
    }

    @Test
    void aCellOfManyShowsWhatItsFramesShow() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"));
                MappedStore map = new MappedStore(fixture)) {
            fixture.streams().save("a", bytes(1, 300 * PAGE));
            fixture.streams().save("b", bytes(1, 77 * PAGE));
            LoadStream peek = fixture.streams().openLoad("b", true);
            String each = paint(map, 0, FRAMES, 1, false).cells();
            assertThat(each).hasSize(FRAMES).startsWith("b".repeat(16)).contains("d", "m", "p");
            for (int per : new int[] {2, 7, 64, 100, 513, FRAMES}) {
                CellMap map7 = paint(map, 0, FRAMES, per, false);
                assertThat(map7.cells()).hasSize(Math.ceilDiv(FRAMES, per));
                for (int cell = 0; cell < map7.cells().length(); cell++) {
                    String frames = each.substring(cell * per, Math.min((cell + 1) * per, FRAMES));
                    requireShows(map7.cells().charAt(cell), map7.fill().charAt(cell), frames);
                }
            }
            assertThat(paint(map, 100, 50, 1, false).cells()).isEqualTo(each.substring(100, 150));
            assertThat(paint(map, FRAMES - 5, 500, 1, false).cells()).hasSize(5);
            peek.abort();
        }
    }

    private static void requireShows(char shown, char fill, String frames) {
        long free = count(frames, '.');
        assertThat(fill == '0').isEqualTo(free == frames.length());
        assertThat(fill == '9').isEqualTo(free == 0);
        assertThat(shown == '.').isEqualTo(free == frames.length());
        if (frames.indexOf('p') >= 0) {
            assertThat(shown).isEqualTo('p');
        } else if (shown != '.') {
            for (char other : "dmb".toCharArray()) {
                assertThat(count(frames, shown)).isGreaterThanOrEqualTo(count(frames, other));
            }
        }
    }

    private static long count(String frames, char letter) {
        return frames.chars().filter(each -> each == letter).count();
    }

    @Test
    void framesOfANodeHaveItsLetter() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"));
                MappedStore map = new MappedStore(fixture)) {
            long first = fixture.streams().save("a", bytes(1, 300 * PAGE));
            long second = fixture.streams().save("b", bytes(1, 10 * PAGE));
            map.requireAtRest();
            String each = paint(map, 0, FRAMES, 1, true).cells();
            char a = FrameOwners.asCharacter(FrameOwners.letter(first));
            char b = FrameOwners.asCharacter(FrameOwners.letter(second));
            assertThat(a).isNotEqualTo(b);
            assertThat(count(each, a)).isEqualTo(303);
            assertThat(count(each, b)).isEqualTo(11);
            assertThat(count(each, '#')).isEqualTo(32 + 2 + fixture.info("frames.held"));
            assertThat(paint(map, 0, FRAMES, FRAMES, true).cells()).isEqualTo(String.valueOf(a));
        }
    }
}
