package io.pramd.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Starts both launchers of the distribution and looks at what they write and at what they start.
 */
class LauncherIT {

    private static final Path DISTRIBUTION = Path.of(System.getProperty("pramd.distribution"));
    private static final String JAVA_HOME = System.getProperty("java.home");

    /** With this the JVM warns on stdout, unless it is told otherwise. */
    private static final String WARNED_OF = "-XX:AOTCache=/nonexistent/cache.aot";

    /** For the training of two caches, on a machine that has other work, too. */
    private static final int LONGEST_SECONDS = 300;

    private static final String FROM_CACHE = "source: shared objects file";

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"pramd", "pram"})
    void printsNameAndVersionAndNothingElse(String command) throws Exception {
        Outcome outcome = run(Map.of(), launcher(command), "--version");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.stdout()).asString().matches(command + " \\d+\\.\\d+\\.\\d+\\S*\\n");
        assertThat(outcome.stderr()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "pramd, PRAMD_OPTS, io.pramd.daemon.cli.Pramd",
        "pram, PRAM_OPTS, io.pramd.client.cli.Pram"
    })
    void keepsStdoutByteForByteWhenTheJvmWarns(String command, String options, String main)
            throws Exception {
        String java = JAVA_HOME + "/bin/java";
        String jars = DISTRIBUTION.resolve("lib") + "/*";

        Outcome bare = run(Map.of(), java, WARNED_OF, "-cp", jars, main, "--version");
        Outcome quiet = run(Map.of(), launcher(command), "--version");
        Outcome warned = run(Map.of(options, WARNED_OF), launcher(command), "--version");

        assertThat(bare.stdout()).asString().contains("AOT cache"); // else this proves nothing
        assertThat(warned.stdout()).isEqualTo(quiet.stdout());
        assertThat(warned.stderr()).contains("AOT cache");
        assertThat(warned.exitCode()).isZero();
    }

    @Test
    void startsThroughRelativeAndAbsoluteLinks() throws Exception {
        Path absolute = Files.createSymbolicLink(folder.resolve("a"), Path.of(launcher("pram")));
        Path relative = Files.createSymbolicLink(folder.resolve("r"), absolute.getFileName());

        assertThat(run(Map.of(), relative.toString(), "--version").exitCode()).isZero();

        Files.delete(absolute); // the temporary folder would warn of a link that leads out of it
    }

    @Test
    void handsArgumentsOnUnchanged() throws Exception {
        Map<String, String> environment = Map.of("JAVA_HOME", fakeJava("99.0.1").toString());

        Outcome outcome = run(environment, launcher("pram"), "save", "a  b", "*", "", "--", "-x");

        assertThat(outcome.lines())
                .containsSubsequence(
                        "<io.pramd.client.cli.Pram>",
                        "<save>",
                        "<a  b>",
                        "<*>",
                        "<>",
                        "<-->",
                        "<-x>");
    }

    /** Else Java reads both letters as the same one. */
    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "xx_YY.UTF-8"})
    void readsArgumentsAsUtf8WhereTheLocaleSaysNothing(String locale) throws Exception {
        for (String file : List.of("/nowhere/\u00e9", "/nowhere/\u00fc")) {
            Outcome outcome = run(Map.of("LC_ALL", locale), launcher("pramd"), "fsck", file);

            assertThat(outcome.exitCode()).isNotZero();
            assertThat(outcome.stderr()).contains("file=" + file);
        }
    }

    @Test
    void putsTheUsersOptionsBehindItsOwn() throws Exception {
        Map<String, String> environment =
                Map.of("JAVA_HOME", fakeJava("99").toString(), "PRAMD_OPTS", " -Xmx64m  -Da=* ");

        assertThat(run(environment, launcher("pramd")).lines())
                .containsSubsequence(
                        "<-XX:+DisplayVMOutputToStderr>",
                        "<-Xlog:disable>",
                        "<-Xlog:all=warning:stderr>",
                        "<-Xmx64m>",
                        "<-Da=*>",
                        "<io.pramd.daemon.cli.Pramd>");
    }

    @ParameterizedTest
    @CsvSource({
        "-XX:+UseParallelGC, false",
        "-Xmx64m, false",
        "-XX:MaxRAMPercentage=10, false",
        "-XX:+HeapDumpOnOutOfMemoryError, true",
        "-Da=b, true"
    })
    void hasNoHeapOfItsOwnWhereTheUserSpeaksOfOne(String option, boolean hasOwn) throws Exception {
        Map<String, String> fake =
                Map.of("JAVA_HOME", fakeJava("99").toString(), "PRAMD_OPTS", option);

        List<String> words = run(fake, launcher("pramd")).lines();
        Outcome real = run(Map.of("PRAMD_OPTS", option), launcher("pramd"), "--version");

        assertThat(words).contains("<" + option + ">", "<-XX:+ExitOnOutOfMemoryError>");
        for (String own : List.of("<-XX:+UseSerialGC>", "<-Xms60m>", "<-Xmn44m>")) {
            assertThat(words.contains(own)).as(own).isEqualTo(hasOwn);
        }
        assertThat(real.exitCode()).as(real.stderr()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "ping, true",
        "ls, true",
        "stat, true",
        "--version, true",
        "save, false",
        "load, false",
        "cat, false",
        "@arguments, false"
    })
    void leavesTheOptimisingCompilerToWhatMovesBytes(String word, boolean isShort)
            throws Exception {
        Map<String, String> environment = Map.of("JAVA_HOME", fakeJava("99").toString());

        List<String> lines =
                run(environment, launcher("pram"), "--server", "pram://h", word, "x").lines();

        assertThat(lines.contains("<-XX:TieredStopAtLevel=1>")).isEqualTo(isShort);
    }

    @ParameterizedTest
    @CsvSource({"17.0.15, false", "22.0.2, false", "23, true", "25.0.3, true"})
    void allowsUnsafeMemoryAccessOnlyWhereTheJvmKnowsTheOption(String version, boolean known)
            throws Exception {
        Map<String, String> environment = Map.of("JAVA_HOME", fakeJava(version).toString());

        List<String> lines = run(environment, launcher("pram")).lines();

        assertThat(lines).contains("<io.pramd.client.cli.Pram>");
        assertThat(lines.contains("<--sun-misc-unsafe-memory-access=allow>")).isEqualTo(known);
    }

    @ParameterizedTest
    @CsvSource({"pramd, 24.0.2", "pram, 16.0.1", "pram, 1.8.0_402"})
    void passesOverAJavaThatIsTooOld(String command, String version) throws Exception {
        Map<String, String> environment = Map.of("JAVA_HOME", fakeJava(version).toString());

        Outcome outcome = run(environment, launcher(command), "--version");

        assertThat(outcome.stdout()).asString().startsWith(command + " ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pramd", "pram"})
    void startsFromTheCacheThatTheBuildHasMade(String command) throws Exception {
        assertThat(classesFromCache(DISTRIBUTION, command)).isGreaterThan(300);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pramd", "pram"})
    void hasTheParserInTheCache(String command) throws Exception {
        assertThat(loadedClasses(DISTRIBUTION, command, "--version"))
                .filteredOn(line -> line.contains(" picocli.") && line.contains(FROM_CACHE))
                .hasSizeGreaterThan(50);
    }

    @Test
    void readsNoClassOfAListingFromAJar() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder.resolve("m"), "--size", "16M")) {
            assertThat(loadedClasses(DISTRIBUTION, "pram", "ls", "--server", daemon.uri()))
                    .noneMatch(line -> line.contains("source: file:"));
        }
    }

    @Test
    void unpacksNoNativeLibrary() throws Exception {
        Path log = folder.resolve("libraries");
        Map<String, String> environment = Map.of("PRAM_OPTS", "-Xlog:library=info:file=" + log);

        run(environment, launcher("pram"), "ping", "--server", "pram://127.0.0.1:1");

        assertThat(Files.readAllLines(log))
                .filteredOn(line -> line.contains("netty") && line.contains("Loaded library"))
                .hasSize(1)
                .allMatch(line -> line.contains(DISTRIBUTION.resolve("lib") + "/"));
    }

    @Test
    void logsAsTheUserSaysWhereHeNamesAConfiguration() throws Exception {
        Path configuration = folder.resolve("logback.xml");
        Files.writeString(
                configuration,
                """
                <configuration>
                  <appender name="mine" class="ch.qos.logback.core.FileAppender">
                    <file>%s</file>
                    <encoder><pattern>mine: %%msg%%n</pattern></encoder>
                  </appender>
                  <root level="INFO"><appender-ref ref="mine"/></root>
                </configuration>
                """
                        .formatted(folder.resolve("mine")));
        String option = "-Dlogback.configurationFile=" + configuration;
        try (DaemonProcess daemon =
                DaemonProcess.start(
                        Map.of("PRAMD_OPTS", option), folder.resolve("m"), "--size", "16M")) {
            assertThat(daemon.stop()).isZero();
            assertThat(daemon.log()).isEmpty();
        }
        assertThat(folder.resolve("mine")).content().contains("mine: stopped cleanly");
    }

    @Test
    void passesOverTheCacheOfAnotherJava() throws Exception {
        Path copy = copyOfDistribution();
        Files.writeString(copy.resolve("lib/aot-release"), "JAVA_VERSION=\"25.0.99\"\n");

        assertThat(classesFromCache(copy, "pram")).isZero();
    }

    @Test
    void startsWithoutAWordWhenTheCacheIsBroken() throws Exception {
        Path copy = copyOfDistribution();
        Files.writeString(copy.resolve("lib/pram.aot"), "this is no cache");

        Outcome outcome = run(Map.of(), copy.resolve("bin/pram").toString(), "--version");

        assertThat(outcome.stdout()).asString().startsWith("pram ");
        assertThat(outcome.stderr()).isEmpty();
    }

    @Test
    @Tag("full")
    void makesTheCacheWhereItIsInstalled() throws Exception {
        Path copy = copyOfDistribution();
        Files.delete(copy.resolve("lib/pram.aot"));
        Files.delete(copy.resolve("lib/pramd.aot"));
        assertThat(classesFromCache(copy, "pramd")).isZero();

        Outcome made = run(Map.of(), copy.resolve("lib/make-aot-cache").toString());

        assertThat(made.exitCode()).as(made.stderr()).isZero();
        assertThat(classesFromCache(copy, "pramd")).isGreaterThan(300);
        assertThat(classesFromCache(copy, "pram")).isGreaterThan(300);
    }

    /** Classes of jars, not of the JDK, that a command did not have to read and verify. */
    private long classesFromCache(Path distribution, String command) throws Exception {
        return loadedClasses(distribution, command, "--version").stream()
                .filter(line -> line.contains(FROM_CACHE))
                .filter(line -> line.contains(" io."))
                .count();
    }

    private List<String> loadedClasses(Path distribution, String command, String... arguments)
            throws Exception {
        Path log = folder.resolve("classes");
        String options = command.toUpperCase(Locale.ROOT) + "_OPTS";
        List<String> words = new ArrayList<>();
        words.add(distribution.resolve("bin").resolve(command).toString());
        words.addAll(List.of(arguments));
        Outcome outcome =
                run(Map.of(options, "-Xlog:class+load:file=" + log), words.toArray(String[]::new));
        assertThat(outcome.stderr()).isEmpty();
        return Files.readAllLines(log);
    }

    /** With the times of its files, which the JVM compares. */
    private Path copyOfDistribution() throws Exception {
        Path copy = folder.resolve("a copy");
        Outcome copied = run(Map.of(), "cp", "--archive", DISTRIBUTION.toString(), copy.toString());
        assertThat(copied.exitCode()).as(copied.stderr()).isZero();
        return copy;
    }

    /** A Java that prints its arguments, each on a line of its own in angle brackets. */
    private Path fakeJava(String version) throws IOException {
        Path home = Files.createDirectory(folder.resolve("java"));
        Files.writeString(
                home.resolve("release"), "LIBC=\"gnu\"\nJAVA_VERSION=\"" + version + "\"");
        Path java = Files.createDirectory(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '<%s>\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home;
    }

    private static String launcher(String command) {
        return DISTRIBUTION.resolve("bin").resolve(command).toString();
    }

    private Outcome run(Map<String, String> environment, String... command) throws Exception {
        Path stdout = Files.createTempFile(folder, "stdout", "");
        Path stderr = Files.createTempFile(folder, "stderr", "");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", JAVA_HOME);
        builder.environment().putAll(environment);
        builder.redirectOutput(stdout.toFile()).redirectError(stderr.toFile());
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(
                    "still running after %d s: %s".formatted(LONGEST_SECONDS, List.of(command)));
        }
        return new Outcome(
                process.exitValue(), Files.readAllBytes(stdout), Files.readString(stderr));
    }

    private record Outcome(int exitCode, byte[] stdout, String stderr) {

        List<String> lines() {
            return new String(stdout).lines().toList();
        }
    }
}
