package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationConverterTest {
    private final DurationConverter converter = new DurationConverter();

    @ParameterizedTest
    @CsvSource({
        "0s, PT0S",
        "7, PT7S",
        "500ms, PT0.5S",
        "2 m, PT2M",
        "1h, PT1H",
        "7d, PT168H",
        "36500d, PT876000H"
    })
    void readsTimesAsPeopleWriteThem(String text, Duration time) {
        assertThat(converter.convert(text)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1s", "1.5h", "1w", "s"})
    void refusesWhatIsNoTime(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "' is not a time");
    }

    @ParameterizedTest
    @ValueSource(strings = {"36501d", "999999999h", "999999999999999999s"})
    void saysOfATimeThatItIsTooLong(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'" + text + "' is too long a time: max=36500d");
    }
}
