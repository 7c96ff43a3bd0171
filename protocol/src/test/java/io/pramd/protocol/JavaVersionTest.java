package io.pramd.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The build runs these tests on its own Java and on 17, and says which one it means. */
class JavaVersionTest {

    @Test
    void theTestsRunOnTheJavaThatTheBuildMeans() {
        assertThat(System.getProperty("java.specification.version"))
                .as("java.home=%s", System.getProperty("java.home"))
                .isEqualTo(System.getProperty("pramd.tests.java"));
    }
}
