package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
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
