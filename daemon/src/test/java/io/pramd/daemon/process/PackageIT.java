package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package, and what of the distribution is as it is for the package's sake. */
class PackageIT {
    private static final Path CHECKOUT =
            DaemonProcess.testClasses().resolve("../../..").normalize();
    private static final Path SOURCES = CHECKOUT.resolve("daemon/src/deb");

    /** Machines are made in it, and booted. */
    private static final Duration LIMIT = Duration.ofMinutes(15);

    @TempDir Path folder;

    @Test
    @Tag("full")
    void isInstalledUpgradedRemovedAndPurgedOnAMachineWithoutJava() {
        Programs.assumeIsHere("debootstrap", "debootstrap");
        Programs.assumeIsHere("lintian", "lintian");
        Programs.assumeIsHere("openssl", "openssl");
        assumeTrue(
                System.getProperty("user.name").equals("root")
                        || "true".equals(System.getenv("CI")),
                "skipped: the package is tried by chroot, which only root may");

        Ended tried =
                Commands.in(folder)
                        .run(
                                List.of(
                                        CHECKOUT.resolve("scripts/test-package").toString(),
                                        "--from",
                                        DaemonProcess.distribution().toString()),
                                LIMIT);

        assertThat(tried.exitCode()).as(tried.stdout() + tried.stderr()).isZero();
        assertThat(tried.stdout()).contains("ok: behind the upgrade the data is there");
    }

    @Test
    void namesTheLicenceOfEachLibrary() throws IOException {
        String copyright = Files.readString(SOURCES.resolve("copyright"));
        Set<String> named = Set.copyOf(List.of(copyright.split("[\\s,;]+|\\.\\s")));

        assertThat(jars().map(jar -> jar.replaceAll("-\\d.*", ""))).isSubsetOf(named);
    }

    @Test
    void startsWithTheJavaBesideItsJars() throws IOException {
        for (String file : List.of("bin/pram", "bin/pramd", "lib/find-java", "lib/launch")) {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.copy(DaemonProcess.distribution().resolve(file), folder.resolve(file));
        }
        Path java = Files.createDirectories(folder.resolve("runtime/bin")).resolve("java");
        Files.writeString(folder.resolve("runtime/release"), "JAVA_VERSION=\"25.0.9\"\n");
        Files.writeString(java, "#!/bin/sh\necho its own, for ${PRAM_SERVER:-nobody}\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Commands commands =
                new Commands(folder, Map.of()).with("JAVA_HOME", System.getProperty("java.home"));

        Ended pram = commands.run(List.of(folder.resolve("bin/pram").toString(), "ping"));
        Ended pramd = commands.run(List.of(folder.resolve("bin/pramd").toString(), "--version"));

        assertThat(pram.stdout()).isEqualTo("its own, for pram+unix:///run/pramd/socket\n");
        assertThat(pramd.stdout()).isEqualTo("its own, for nobody\n");
    }

    /** Else what the old daemon has not read yet would come from the new package, or be gone. */
    @Test
    void hasOpenedAllItsJarsBeforeAnUpgradeReplacesThem() throws IOException {
        try (DaemonProcess daemon = DaemonProcess.start(folder.resolve("m"))) {
            Set<String> onClassPath = classPathOf(daemon.pid());
            assertThat(onClassPath).isNotEmpty();

            Await.until(
                    "all jars are open", () -> openFilesOf(daemon.pid()).containsAll(onClassPath));

            assertThat(daemon.stop()).isZero();
        }
    }

    @Test
    void hasScriptsThatAShellUnderstands() {
        for (String script : List.of("postinst", "prerm", "postrm")) {
            Ended read =
                    Commands.in(folder)
                            .run(List.of("sh", "-n", SOURCES.resolve(script).toString()));

            assertThat(read.exitCode()).as(read.stderr()).isZero();
        }
    }

    private static Stream<String> jars() throws IOException {
        try (Stream<Path> files = Files.walk(DaemonProcess.distribution().resolve("lib"))) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .toList()
                    .stream();
        }
    }

    private static Set<String> openFilesOf(long pid) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return descriptors.map(PackageIT::target).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    private static Set<String> classPathOf(long pid) throws IOException {
        List<String> words =
                List.of(Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0"));
        String jars = words.get(words.indexOf("--class-path") + 1);
        return Stream.of(jars.split(":"))
                .map(jar -> Path.of(jar).normalize().toString())
                .collect(Collectors.toSet());
    }
}
