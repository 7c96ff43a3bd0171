package io.pramd.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** What registries ask for is there, and what is shipped is listed and may be. */
class PublishedIT {
    private static final Path DISTRIBUTION = DaemonProcess.distribution();
    private static final Path SHARE = DISTRIBUTION.resolve("share");
    private static final String VERSION =
            DISTRIBUTION.getFileName().toString().replaceFirst("pramd-", "");

    // daemon/target/pramd-VERSION, in the checkout
    private static final Path CHECKOUT = DISTRIBUTION.resolve("../../..").normalize();

    @TempDir Path folder;

    @BeforeEach
    void isWhole() {
        assumeFalse(Boolean.getBoolean("pramd.published.skip"), "a quick build makes none");
    }

    private static Set<String> shipped() throws IOException {
        try (Stream<Path> files = Files.walk(DISTRIBUTION.resolve("lib"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void everyJarIsInTheListsOfTheDistribution() throws IOException {
        JsonNode list = new ObjectMapper().readTree(SHARE.resolve("sbom.cdx.json").toFile());
        Set<String> jars = new TreeSet<>();
        list.get("components").forEach(component -> jars.add(jar(component)));
        jars.add(jar(list.at("/metadata/component")));
        Set<String> shipped = shipped();
        assertThat(jars).isEqualTo(shipped);

        shipped.removeIf(name -> name.startsWith("pramd-"));
        assertThat(Files.readAllLines(SHARE.resolve("THIRD-PARTY")))
                .filteredOn(line -> line.contains(".jar "))
                .extracting(line -> line.split(" ")[0])
                .containsExactlyInAnyOrderElementsOf(shipped);
    }

    private static String jar(JsonNode component) {
        String purl = component.get("purl").asText();
        String classifier =
                purl.contains("classifier=")
                        ? purl.replaceFirst(".*classifier=([^&]*).*", "-$1")
                        : "";
        return component.get("name").asText()
                + "-"
                + component.get("version").asText()
                + classifier
                + ".jar";
    }

    @Test
    void theTextOfEveryLicenceIsThere() throws IOException {
        for (String line : Files.readAllLines(SHARE.resolve("THIRD-PARTY"))) {
            if (line.contains(".jar ")) {
                List<String> licences = List.of(line.substring(line.lastIndexOf("  ")).split(","));
                assertThat(licences).as(line).anyMatch(PublishedIT::hasText);
            }
        }
    }

    private static boolean hasText(String licence) {
        return licence.strip().equals("Apache-2.0")
                ? Files.exists(DISTRIBUTION.resolve("LICENSE"))
                : Files.exists(SHARE.resolve("licences").resolve(licence.strip() + ".txt"));
    }

    @ParameterizedTest
    @CsvSource({"GPL-3.0-only, 1, no licence that is allowed: pkg:maven/org.slf4j/", "MIT, 0, ''"})
    void aLicenceThatIsNotOnTheListEndsTheBuild(String licence, int exitCode, String said)
            throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode daemon = json.readTree(CHECKOUT.resolve("daemon/target/bom.json").toFile());
        for (JsonNode component : daemon.get("components")) {
            if (component.get("name").asText().equals("slf4j-api")) {
                ((ObjectNode) component.at("/licenses/0/license")).put("id", licence);
            }
        }
        json.writeValue(folder.resolve("daemon.json").toFile(), daemon);
        String picocli =
                shipped().stream()
                        .filter(name -> name.startsWith("picocli"))
                        .findAny()
                        .orElseThrow();

        Ended ended =
                Commands.in(folder)
                        .java(
                                "-classpath",
                                DISTRIBUTION.resolve("lib") + "/*",
                                CHECKOUT.resolve(".build/Inventory.java").toString(),
                                "daemon.json",
                                CHECKOUT.resolve("client/target/bom.json").toString(),
                                CHECKOUT.resolve("daemon/src/main/assembly/directory.xml")
                                        .toString(),
                                DISTRIBUTION.resolve("lib").resolve(picocli).toString(),
                                "lists");

        assertThat(ended.exitCode()).as(ended.stderr()).isEqualTo(exitCode);
        assertThat(ended.stderr()).contains(said);
    }

    @ParameterizedTest
    @CsvSource({
        "protocol, pramd-protocol, io/pramd/protocol/Message",
        "client, pramd-client, io/pramd/client/PramClient",
        "client/all, pramd-client-all, io/pramd/client/PramClient",
        "daemon, pramd-daemon, io/pramd/daemon/embedded/EmbeddedPramd"
    })
    void sourcesAndJavadocComeWithTheJar(String module, String artifact, String type)
            throws IOException {
        Path target = CHECKOUT.resolve(module).resolve("target");
        assertHas(target.resolve(artifact + "-" + VERSION + ".jar"), type + ".class");
        assertHas(target.resolve(artifact + "-" + VERSION + "-sources.jar"), type + ".java");
        assertHas(target.resolve(artifact + "-" + VERSION + "-javadoc.jar"), type + ".html");
        assertThat(target.resolve("bom.json")).content().contains("CycloneDX");
    }

    private static void assertHas(Path file, String entry) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            assertThat(jar.getEntry(entry)).as("%s of %s", entry, file).isNotNull();
        }
    }

    @Test
    void theParentSaysWhoMadeItAndWhere() throws Exception {
        Element pom = pom("");
        for (String name : List.of("name", "description", "url", "inceptionYear")) {
            assertThat(text(pom, name)).as(name).isNotBlank();
        }
        assertThat(text(pom, "licenses", "license", "name")).isEqualTo("Apache-2.0");
        assertThat(text(pom, "developers", "developer", "name")).isNotBlank();
        assertThat(text(pom, "scm", "connection")).startsWith("scm:git:");
        assertThat(text(pom, "scm", "url")).startsWith("https:");
        assertThat(text(pom, "issueManagement", "url")).startsWith("https:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"protocol", "client", "client/all", "daemon"})
    void everyModuleSaysWhatItIs(String module) throws Exception {
        Element pom = pom(module);
        assertThat(text(pom, "name")).isNotBlank();
        assertThat(text(pom, "description")).endsWith(".");
    }

    private static Element pom(String module) throws Exception {
        Path file = CHECKOUT.resolve(module).resolve("pom.xml");
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getDocumentElement();
    }

    /** Of the first element at the end of these; empty when there is none. */
    private static String text(Element from, String... names) {
        Node at = from;
        for (String name : names) {
            Node child = at.getFirstChild();
            while (child != null && !child.getNodeName().equals(name)) {
                child = child.getNextSibling();
            }
            if (child == null) {
                return "";
            }
            at = child;
        }
        return at.getTextContent().strip();
    }
}
