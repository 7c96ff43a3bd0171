package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ComplaintsTest {
    @Test
    void aStrangersTextIsOneShortLine() {
        assertThat(Complaints.shown("a\nb\u2028c\u001bd e")).isEqualTo("a?b?c?d e");
        assertThat(Complaints.shown("f".repeat(100_000))).hasSize(203).endsWith("f...");
    }
}
