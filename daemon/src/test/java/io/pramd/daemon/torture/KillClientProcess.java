package io.pramd.daemon.torture;

import io.pramd.daemon.fixture.DaemonProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One owner, but for what it says, which a thread of its own hears. A {@link KillClient}. */
final class KillClientProcess implements AutoCloseable {
    private static final String ENDED = "ended";

    private final Process process;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Consumer<String> notices;
    private final Writer orders;

    /**
     * @param guard the folder of what guards the daemon; null: nothing does
     * @param notices called, by another thread, with each line that answers no order
     */
    KillClientProcess(Path folder, String name, long seed, Path guard, Consumer<String> notices) {
        this.notices = notices;
        try {
            process =
                    new ProcessBuilder(words(folder, name, seed, guard))
                            .redirectError(
                                    ProcessBuilder.Redirect.appendTo(
                                            folder.resolve("clients.log").toFile()))
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        orders = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofVirtual().start(this::hear);
    }

    private static List<String> words(Path folder, String name, long seed, Path guard) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Xmx160m",
                                "-XX:MaxDirectMemorySize=160m",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Dslf4j.internal.verbosity=ERROR",
                                "--class-path",
                                DaemonProcess.testClasses() + ":" + DaemonProcess.daemonJars(),
                                KillClient.class.getName(),
                                folder.toString(),
                                name,
                                Long.toString(seed)));
        if (guard != null) {
            words.add(guard.toString());
        }
        return words;
    }

    private void hear() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("fault ") || line.startsWith("over ")) {
                    notices.accept(line);
                } else {
                    answers.add(line);
                }
            }
        } catch (IOException e) {
            answers.add(ENDED + " " + e); // it was killed
        }
        answers.add(ENDED);
    }

    void order(String line) {
        try {
            orders.write(line + "\n");
            orders.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rest of the next answer, which begins with this word. */
    String await(String word, Duration limit) throws InterruptedException {
        String answer = answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (answer == null || !answer.startsWith(word)) {
            throw new IllegalStateException(
                    "a client says '" + answer + "' and not '" + word + "': pid=" + process.pid());
        }
        return answer.substring(word.length()).strip();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
