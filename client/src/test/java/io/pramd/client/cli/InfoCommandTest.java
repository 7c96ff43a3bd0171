package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InfoCommandTest {
    private final CommandRunner pram = new CommandRunner();

    @AfterEach
    void close() {
        pram.close();
    }

    @Test
    void jsonNestsDottedKeys() throws IOException {
        assertThat(pram.run("info", "--json")).isZero();
        JsonNode info = new ObjectMapper().readTree(pram.stdout());
        assertThat(info.get("frames").get("total").asLong()).isEqualTo(1024);
        assertThat(info.get("recovery").get("complete").asBoolean()).isTrue();
        assertThat(info.get("recovery").get("report")).hasSize(2);
    }

    @Test
    void textHasALineForEachFigure() {
        assertThat(pram.run("info")).isZero();
        assertThat(pram.stdout().lines())
                .contains("frames.total: 1024", "recovery.report: one", "recovery.report: two");
    }

    @Test
    void checkShowsWhatIsWrongAndFails() throws IOException {
        assertThat(pram.run("info", "--check")).isEqualTo(18);
        assertThat(pram.stdout()).contains("check: damaged").contains("check: frame 9: lost");
        assertThat(pram.run("info", "--check", "--json")).isEqualTo(18);
        JsonNode check = new ObjectMapper().readTree(pram.stdout()).get("check");
        assertThat(check.get("clean").asBoolean()).isFalse();
        assertThat(check.get("problems").get(0).asText()).isEqualTo("frame 9: lost");
    }
}
