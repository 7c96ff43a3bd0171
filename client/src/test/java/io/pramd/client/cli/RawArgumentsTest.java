package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RawArgumentsTest {
    private static final byte[] WRONG = {'k', (byte) 0xe9};

    /** What {@link RawArguments} says of them behind a JVM's own, as a JVM would read them. */
    private static String firstWrong(Charset charset, byte[]... raw) {
        List<byte[]> line = new ArrayList<>(List.of("java".getBytes(), WRONG));
        String[] args = new String[raw.length];
        for (int i = 0; i < raw.length; i++) {
            line.add(raw[i]);
            args[i] = new String(raw[i], charset);
        }
        return new RawArguments(line, charset).firstWrong(args);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void namesWhatIsNoText() {
        assertThat(firstWrong(StandardCharsets.UTF_8, utf8("save"), utf8("é"), WRONG))
                .isEqualTo("an argument is not UTF-8: 'k\\xe9'");
        assertThat(firstWrong(StandardCharsets.US_ASCII, utf8("cat"), utf8("é")))
                .isEqualTo("an argument is not US-ASCII: '\\xc3\\xa9'");
    }

    @Test
    void aNameMayHaveTheLetterItself() {
        assertThat(RawArguments.areDoubtful("save", "k\ufffd")).isTrue();
        assertThat(firstWrong(StandardCharsets.UTF_8, utf8("save"), utf8("k\ufffd"))).isNull();
    }

    @Test
    void whatIsTextInItsCharsetIsNoneOfIt() {
        assertThat(RawArguments.areDoubtful("save", "é")).isFalse();
        assertThat(firstWrong(StandardCharsets.ISO_8859_1, utf8("save"), WRONG)).isNull();
    }

    @Test
    void nothingIsSaidWhereTheSystemDoesNotSayIt() {
        RawArguments unknown = new RawArguments(List.of(), StandardCharsets.UTF_8);
        assertThat(unknown.firstWrong("save", "k\ufffd")).isNull();
    }
}
