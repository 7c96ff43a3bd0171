package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.protocol.Features;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LsCommandTest {
    private final CommandRunner pram = new CommandRunner();

    @BeforeEach
    void save() {
        pram.type(new byte[5000]);
        pram.run("save", "b/1");
        pram.run("save", "a/1", "--meta", "k=v");
        pram.run("save", "b/2");
    }

    @AfterEach
    void close() {
        pram.close();
    }

    @Test
    void listsInTheOrderOfSaving() {
        assertThat(pram.run("ls")).isZero();
        assertThat(pram.stdout().lines()).hasSize(4).first().asString().startsWith("STATE");
        assertThat(pram.stdout()).contains("4.9 KiB").matches("(?s).*b/1.*a/1.*b/2.*");
        pram.run("ls", "b/");
        assertThat(pram.stdout()).doesNotContain("a/1");
    }

    @Test
    void nothingIsNoLine() {
        assertThat(pram.run("ls", "none")).isZero();
        assertThat(pram.stdout()).isEmpty();
        assertThat(pram.run("ls", "none", "--json")).isZero();
        assertThat(pram.stdout()).isEqualTo("[ ]\n");
    }

    @Test
    void jsonIsAnArrayOfNodes() throws IOException {
        assertThat(pram.run("ls", "--json")).isZero();
        JsonNode nodes = new ObjectMapper().readTree(pram.stdout());
        assertThat(nodes).hasSize(3);
        assertThat(nodes.get(1).get("name").asText()).isEqualTo("a/1");
        assertThat(nodes.get(1).get("meta").get("k").asText()).isEqualTo("v");
    }

    @Test
    void quarantinedNodesShowWhereAndWhy() {
        pram.daemon.find("a/1").orElseThrow().quarantine();
        pram.run("ls");
        assertThat(pram.stdout())
                .contains("quarantined")
                .contains("pfn 102")
                .contains("broken by a test");
    }

    @Test
    void longLinesSayWhenNodesExpireAndWhoseTheyAre() {
        pram.daemon.gate().offer(Features.TIME_TO_LIVE);
        pram.run("save", "c", "--ttl", "1h");
        pram.daemon.find("c").orElseThrow().ownBy("somebody");
        assertThat(pram.run("ls", "-l")).isZero();
        assertThat(pram.stdout().lines().toList())
                .hasSize(5)
                .satisfies(
                        lines -> {
                            assertThat(lines.get(0))
                                    .containsSubsequence("EXPIRES", "OWNER", "NAME");
                            assertThat(lines.get(1)).containsPattern(" -  +-  +b/1$");
                            assertThat(lines.get(4)).containsPattern(":\\d\\d  somebody +c$");
                        });
        assertThat(pram.run("ls", "--long", "none")).isZero();
        assertThat(pram.stdout()).isEmpty();
    }

    @Test
    void errorsAreAnObjectWithJson() throws IOException {
        assertThat(pram.run("ls", "x".repeat(256), "--json")).isEqualTo(16);
        JsonNode error = new ObjectMapper().readTree(pram.stdout()).get("error");
        assertThat(error.get("errno").asText()).isEqualTo("ENAMETOOLONG");
        assertThat(error.get("exitCode").asInt()).isEqualTo(16);
    }
}
