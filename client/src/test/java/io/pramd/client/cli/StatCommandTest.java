package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.protocol.Features;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatCommandTest {
    private final CommandRunner pram = new CommandRunner();

    @BeforeEach
    void save() {
        pram.type(new byte[5000]);
        pram.run("save", "n", "--meta", "k=v");
    }

    @AfterEach
    void close() {
        pram.close();
    }

    @Test
    void jsonHasTheFieldsThatScriptsRelyOn() throws IOException {
        assertThat(pram.run("stat", "n", "--json")).isZero();
        JsonNode node = new ObjectMapper().readTree(pram.stdout());
        assertThat(node.get("name").asText()).isEqualTo("n");
        assertThat(node.get("type").asText()).isEqualTo("byte");
        assertThat(node.get("state").asText()).isEqualTo("ready");
        assertThat(node.get("length").asLong()).isEqualTo(5000);
        assertThat(node.get("pages").asLong()).isEqualTo(2);
        assertThat(node.get("sequence").asLong()).isEqualTo(1);
        assertThat(node.get("meta").get("k").asText()).isEqualTo("v");
    }

    @Test
    void textShowsSizesAsPeopleWriteThem() {
        assertThat(pram.run("stat", "n")).isZero();
        assertThat(pram.stdout()).contains("length:    5000 (4.9 KiB)").contains("meta:      k=v");
    }

    @Test
    void showsWhenANodeExpiresAndWhoseItIs() throws IOException {
        pram.run("stat", "n", "--json");
        JsonNode eternal = new ObjectMapper().readTree(pram.stdout());
        assertThat(eternal.get("expires").isNull()).isTrue();
        assertThat(eternal.get("owner").isNull()).isTrue();
        pram.run("stat", "n");
        assertThat(pram.stdout()).doesNotContain("expires:").doesNotContain("owner:");

        pram.daemon.gate().offer(Features.TIME_TO_LIVE);
        pram.run("save", "m", "--ttl", "7d");
        pram.daemon.find("m").orElseThrow().ownBy("somebody");
        pram.run("stat", "m", "--json");
        JsonNode mortal = new ObjectMapper().readTree(pram.stdout());
        Duration life =
                Duration.between(
                        Instant.parse(mortal.get("created").asText()),
                        Instant.parse(mortal.get("expires").asText()));
        assertThat(life).isEqualTo(Duration.ofDays(7));
        assertThat(mortal.get("owner").asText()).isEqualTo("somebody");
        pram.run("stat", "m");
        assertThat(pram.stdout()).contains("expires:   2023-11-").contains("owner:     somebody");
    }

    @Test
    void aQuarantinedNodeIsFoundByItsPfn() {
        pram.daemon.find("n").orElseThrow().quarantine();
        assertThat(pram.run("stat", "--quarantined", "101")).isZero();
        assertThat(pram.stdout()).contains("reason:    broken by a test");
    }

    @Test
    void exactlyOneNodeMustBeNamed() {
        assertThat(pram.run("stat")).isEqualTo(2);
        assertThat(pram.run("stat", "n", "--quarantined", "101")).isEqualTo(2);
        assertThat(pram.run("stat", "--quarantined", "0")).isEqualTo(15);
    }

    @Test
    void anUnknownNameIsAnErrorInBothForms() throws IOException {
        assertThat(pram.run("stat", "m", "--json")).isEqualTo(10);
        assertThat(pram.stderr()).startsWith("pram: ENOENT: ").hasLineCount(1);
        JsonNode error = new ObjectMapper().readTree(pram.stdout()).get("error");
        assertThat(error.get("errno").asText()).isEqualTo("ENOENT");
    }
}
