package io.pramd.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiveMarkTest {
    private final List<Integer> told = new ArrayList<>();
    private final ReceiveMark mark = new ReceiveMark(told::add);

    @Test
    void isNeverMoreThanWhatIsStillToCome() {
        for (int left : new int[] {1 << 20, ReceiveMark.BYTES_MAX + 1, 100_000, 1, 0}) {
            mark.waitFor(left);
        }
        assertThat(told).containsExactly(ReceiveMark.BYTES_MAX, 100_000, 1);
    }

    @Test
    void isNotToldTwice() {
        mark.waitFor(0);
        mark.waitFor(1 << 20);
        mark.waitFor(ReceiveMark.BYTES_MAX);
        mark.waitFor(0);
        assertThat(told).containsExactly(ReceiveMark.BYTES_MAX, 1);
    }
}
