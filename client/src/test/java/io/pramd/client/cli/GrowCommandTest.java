package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrowCommandTest {
    private final CommandRunner pram = new CommandRunner();

    @AfterEach
    void close() {
        pram.close();
    }

    @ParameterizedTest
    @CsvSource({"8M, 8.0 MiB", "8388609, 8.0 MiB", "1.5 GiB, 1.5 GiB", "16gb, 16.0 GiB"})
    void saysTheSizeThen(String size, String printed) {
        assertThat(pram.run("grow", size)).as(pram.stderr()).isZero();
        assertThat(pram.stdout()).isEqualTo("size " + printed + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"much", "-1", "1X"})
    void refusesWhatIsNoSize(String size) {
        assertThat(pram.run("grow", "--", size)).isEqualTo(2);
        assertThat(pram.stderr()).contains("is not a size");
    }

    @Test
    void saysOfASizeThatItIsTooLarge() {
        assertThat(pram.run("grow", "99999999999T")).isEqualTo(2);
        assertThat(pram.stderr()).contains("too large a size: max=9223372036854775807");
    }

    @Test
    void needsASize() {
        assertThat(pram.run("grow")).isEqualTo(2);
    }
}
