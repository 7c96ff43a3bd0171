package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Refusals;
import io.pramd.protocol.Errno;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {
    private static Request with(String name, String... values) {
        return new Request("/a", Map.of(name, List.of(values)), "", "", Optional.empty());
    }

    @Test
    void numbersHaveBoundsAndAValueWhenUnset() {
        assertThat(with("from", "7").number("from", 0, 0, 10)).isEqualTo(7);
        assertThat(with("other", "7").number("from", 3, 0, 10)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "11", "", "x", "1.5", "99999999999999999999", "1\u0000\n"})
    void anythingElseIsRefusedWithItsBounds(String value) {
        assertThat(
                        Refusals.refused(
                                Errno.EINVAL,
                                (Refusals.Request)
                                        () -> with("from", value).number("from", 0, 0, 10)))
                .hasMessageContaining(
                        "parameter=from value="
                                + value.replaceAll("\\p{C}", "?")
                                + " min=0 max=10");
    }

    @Test
    void aParameterGivenTwiceIsRefused() {
        assertThat(
                        Refusals.refused(
                                Errno.EINVAL,
                                (Refusals.Request) () -> with("name", "a", "b").text("name")))
                .hasMessageContaining("parameter=name max=1");
    }

    @Test
    void wordsAreOneOfAFew() {
        assertThat(with("by", "node").word("by", List.of("state", "node"))).isEqualTo("node");
        assertThat(with("x", "y").word("by", List.of("state", "node"))).isEqualTo("state");
        assertThat(
                        Refusals.refused(
                                Errno.EINVAL,
                                (Refusals.Request)
                                        () ->
                                                with("by", "colour")
                                                        .word("by", List.of("state", "node"))))
                .hasMessageContaining("parameter=by value=colour expected=state|node");
    }
}
