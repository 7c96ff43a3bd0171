package io.pramd.client.all;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is in the jar, and what its POM asks for. */
class ShadedJarIT {
    private static final String PREFIX = "io.pramd.client.shaded.";

    private static final Pattern UNSHADED_CLASS = Pattern.compile("(?<!shaded/)io/netty/");
    private static final Pattern UNSHADED_TEXT = Pattern.compile("(?<!shaded\\.)io\\.netty\\.");
    private static final Pattern OURS = Pattern.compile("\"(" + Pattern.quote(PREFIX) + "[^\"]+)");

    private JarFile jar;

    @BeforeEach
    void open() throws IOException {
        jar = new JarFile(System.getProperty("pramd.shaded.jar"));
    }

    @AfterEach
    void close() throws IOException {
        jar.close();
    }

    @Test
    void classesAreTheLibraryTheProtocolAndNettyUnderItsNewName() {
        assertThat(names(name -> name.endsWith(".class")))
                .contains(
                        "io/pramd/client/PramClient.class",
                        "io/pramd/protocol/Message.class",
                        "io/pramd/client/shaded/io/netty/buffer/ByteBuf.class")
                .allMatch(name -> name.matches("io/pramd/(client|protocol)/.*"))
                .noneMatch(name -> name.startsWith("io/pramd/client/cli/"));
        assertThat(names(name -> !name.contains("/"))).isEmpty();
    }

    @Test
    void nothingNamesNettyWithoutThePrefix() {
        assertThat(names(name -> name.endsWith(".class")))
                .hasSizeGreaterThan(1000)
                .noneMatch(name -> UNSHADED_CLASS.matcher(text(name)).find());
        assertThat(names(name -> name.matches("META-INF/(native-image|services)/.*")))
                .hasSizeGreaterThan(5)
                .noneMatch(name -> UNSHADED_TEXT.matcher(text(name)).find());
    }

    @Test
    void nativeLibrariesHaveTheNamesThatNettyLooksFor() {
        String library = "META-INF/native/libio_pramd_client_shaded_netty_transport_native_epoll_";
        assertThat(names(name -> name.startsWith("META-INF/native/")))
                .containsExactlyInAnyOrder(library + "x86_64.so", library + "aarch_64.so");
        assertThat(text(nativeImage("netty-transport-classes-epoll/resource-config.json")))
                .contains(".*libio_pramd_client_shaded_netty_transport_native_epoll_.*");
    }

    @Test
    void whatIsNamedInTextIsThere() {
        List<String> named =
                names(name -> name.matches(".*native-image.*\\.json")).stream()
                        .flatMap(name -> OURS.matcher(text(name)).results())
                        .map(found -> found.group(1))
                        .toList();
        assertThat(named).hasSizeGreaterThan(50).allMatch(this::hasClass);

        List<String> services = names(name -> name.startsWith("META-INF/services/"));
        assertThat(services).isNotEmpty();
        assertThat(services.stream().flatMap(name -> text(name).lines()))
                .filteredOn(line -> !line.startsWith("#"))
                .isNotEmpty()
                .allMatch(this::hasClass);
    }

    @Test
    void licencesAndTheModuleNameAreThere() throws IOException {
        assertThat(text("META-INF/LICENSE")).contains("Apache License");
        assertThat(text("META-INF/NOTICE")).contains("Netty 4.").contains("JCTools");
        assertThat(names(name -> name.contains("module-info"))).isEmpty();
        assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
                .isEqualTo("io.pramd.client");
    }

    @Test
    void thePomAsksForSlf4jAlone() throws IOException {
        String reduced = Files.readString(Path.of(System.getProperty("pramd.shaded.pom")));
        String dependencies = reduced.substring(reduced.lastIndexOf("<dependencies>"));

        assertThat(
                        Pattern.compile("(?s)<dependency>(.*?)</dependency>")
                                .matcher(dependencies)
                                .results())
                .extracting(MatchResult::group)
                .filteredOn(dependency -> !dependency.contains("<scope>test</scope>"))
                .singleElement()
                .asString()
                .contains("<artifactId>slf4j-api</artifactId>", "<scope>compile</scope>");
        assertThat(text("META-INF/maven/io.pramd/pramd-client-all/pom.xml")).isEqualTo(reduced);
    }

    private static String nativeImage(String name) {
        return "META-INF/native-image/io.pramd/pramd-client-all/" + name;
    }

    private boolean hasClass(String name) {
        return jar.getEntry(name.replace('.', '/') + ".class") != null;
    }

    private List<String> names(Predicate<String> wanted) {
        return jar.stream()
                .filter(entry -> !entry.isDirectory())
                .map(JarEntry::getName)
                .filter(wanted)
                .toList();
    }

    /** Of a class file the names, between what else its bytes happen to be. */
    private String text(String name) {
        try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
