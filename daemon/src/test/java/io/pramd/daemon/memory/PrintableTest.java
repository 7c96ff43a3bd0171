package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void aStrangersTextIsOneShortLine() {
        assertThat(Printable.of("a\nb\u2028c\u001bd e")).isEqualTo("a?b?c?d e");
        assertThat(Printable.of("f".repeat(100_000))).hasSize(203).endsWith("f...");
        assertThat(Printable.of("f".repeat(200))).isEqualTo("f".repeat(200));
    }

    @Test
    void whatOverridesTheDirectionOfATextIsNotPrinted() {
        assertThat(Printable.of("a\u202eb\u00e9\ud83d\ude00")).isEqualTo("a?b\u00e9\ud83d\ude00");
    }

    @Test
    void halfACharacterAtTheCutIsNone() {
        assertThat(Printable.of("x".repeat(199) + "\ud83d\ude00")).endsWith("x?...");
    }

    @Test
    void aNameIsPrintedWhole() {
        assertThat(Printable.whole("n".repeat(255) + "\n")).isEqualTo("n".repeat(255) + "?");
    }
}
