package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ComplaintsTest {
    private final Complaints complaints = new Complaints();

    @Test
    void aFewLinesASecondAndNoMore() {
        long now = System.nanoTime();
        for (int line = 1; line <= 10; line++) {
            assertThat(complaints.mayLog(now)).isTrue();
        }
        assertThat(complaints.mayLog(now)).isFalse();
        assertThat(complaints.mayLog(now + TimeUnit.SECONDS.toNanos(2))).isTrue();
    }

    @Test
    void aStrangersTextIsOneShortLine() {
        assertThat(Complaints.shown("a\nb\u2028c\u001bd e")).isEqualTo("a?b?c?d e");
        assertThat(Complaints.shown("f".repeat(100_000))).hasSize(203).endsWith("f...");
    }
}
