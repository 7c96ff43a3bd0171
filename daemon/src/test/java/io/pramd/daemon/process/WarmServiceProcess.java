package io.pramd.daemon.process;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One owner. A {@link WarmService} that runs. */
final class WarmServiceProcess implements AutoCloseable {
    private final Process process;
    private final Path stdout;
    private final Path stderr;
    private final Writer stdin;

    private WarmServiceProcess(Process process, Path stdout, Path stderr) {
        this.process = process;
        this.stdout = stdout;
        this.stderr = stderr;
        stdin = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Does not wait for anything that it says. */
    static WarmServiceProcess launch(Path folder, String uri, Path gate, String fingerprint)
            throws IOException {
        Path tests =
                Path.of(
                        WarmService.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .getPath());
        Path stdout = Files.createTempFile(folder, "service", ".out");
        Path stderr = Files.createTempFile(folder, "service", ".err");
        ProcessBuilder builder =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Dlogback.configurationFile=warm-service-logback.xml",
                                "--class-path",
                                DaemonProcess.distribution().resolve("lib") + "/*:" + tests,
                                WarmService.class.getName(),
                                uri,
                                gate.toString(),
                                fingerprint)
                        .redirectOutput(stdout.toFile())
                        .redirectError(stderr.toFile());
        return new WarmServiceProcess(builder.start(), stdout, stderr);
    }

    /** Has it do something, and waits until it says that it has. */
    void tell(String command, String answer) {
        try {
            stdin.write(command + "\n");
            stdin.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitSaid(answer);
    }

    void awaitSaid(String line) {
        Await.until(line + ": stderr=" + stderr(), () -> said().contains(line));
    }

    List<String> said() {
        return read(stdout).lines().toList();
    }

    String stderr() {
        return read(stderr);
    }

    /** SIGTERM, and goes on at once. */
    void terminate() {
        process.toHandle().destroy(); // that of the process itself would close its stdin, too
    }

    /** The end of its input, on which it closes its state. */
    void endInput() throws IOException {
        stdin.close();
    }

    /** SIGTERM, and waits for its end. */
    void stop() {
        terminate();
        awaitEnd();
    }

    void awaitEnd() {
        Await.until("the end of the service: stderr=" + stderr(), () -> !process.isAlive());
    }

    /** SIGKILL. */
    @Override
    public void close() {
        kill();
    }

    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
