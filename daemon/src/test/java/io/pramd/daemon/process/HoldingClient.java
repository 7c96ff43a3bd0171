package io.pramd.daemon.process;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramException;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.SaveId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One owner. A client process that goes as far as it is told, says so, and stays there until it is
 * told to go on, or is stopped or killed.
 */
public final class HoldingClient implements AutoCloseable {
    public static final byte[] BYTES = new byte[5_000_001];
    private static final int PART = 2_000_000;

    static {
        new Random(3).nextBytes(BYTES);
    }

    /** How far it goes. */
    public enum Place {
        /** The name is taken, no page sent. */
        PREPARED,
        /** Some pages are sent. */
        SENDING,
        /** All pages are handed over; the finish is not sent. */
        SENT,
        /** Some pages are read. */
        LOADING,
        /** The same, of a peek. */
        PEEKING
    }

    private final Process process;
    private final BufferedReader answers;

    private HoldingClient(Process process) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts one and waits until it is there. */
    public static HoldingClient start(String uri, Place place, String name) {
        List<String> command =
                List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dslf4j.internal.verbosity=ERROR",
                        "--class-path",
                        DaemonProcess.testClasses() + ":" + DaemonProcess.daemonJars(),
                        HoldingClient.class.getName(),
                        uri,
                        place.name(),
                        name);
        try {
            HoldingClient client =
                    new HoldingClient(
                            new ProcessBuilder(command)
                                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                                    .start());
            client.expect("there");
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of its save under that name. */
    static SaveId saveId(String name) {
        return new SaveId(4711, name.hashCode());
    }

    /** The next thing that it says. */
    public String answer() {
        try {
            return answers.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void expect(String word) {
        String answer = answer();
        if (!word.equals(answer)) {
            throw new AssertionError("the client says '" + answer + "' and not '" + word + "'");
        }
    }

    /** Goes on to the end of what it began; says how that ended. */
    public void goOn() {
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        expect("going on");
    }

    public long pid() {
        return process.pid();
    }

    /** SIGKILL. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    /** Sends a signal, by its name without SIG. */
    public static void signal(String name, long pid) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().onExit().join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param args URI, place, name
     */
    public static void main(String[] args) throws IOException {
        PramConfig config = PramConfig.defaults().withRetryFor(Duration.ZERO);
        PramClient client = PramClient.connect(args[0], config);
        switch (Place.valueOf(args[1])) {
            case PREPARED -> save(client, args[2], 0);
            case SENDING -> save(client, args[2], PART);
            case SENT -> save(client, args[2], BYTES.length);
            case LOADING -> read(client.openLoad(args[2]));
            case PEEKING -> read(client.openPeek(args[2]));
        }
        System.exit(0);
    }

    private static void save(PramClient client, String name, int part) throws IOException {
        SaveStream save =
                client.openSave(
                        name, SaveOptions.defaults().withReplace(true).withSaveId(saveId(name)));
        save.write(BYTES, 0, part);
        awaitOrder();
        end(
                () -> {
                    save.write(BYTES, part, BYTES.length - part);
                    save.finish();
                });
    }

    private static void read(LoadStream load) throws IOException {
        byte[] begin = load.readNBytes(PART);
        awaitOrder();
        end(
                () -> {
                    byte[] rest = load.readAllBytes();
                    boolean isWhole =
                            Arrays.equals(begin, Arrays.copyOf(BYTES, PART))
                                    && Arrays.equals(
                                            rest, Arrays.copyOfRange(BYTES, PART, BYTES.length));
                    if (!isWhole) {
                        throw new IllegalStateException("wrong bytes");
                    }
                    load.finish();
                });
    }

    private static void awaitOrder() throws IOException {
        System.out.println("there");
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        System.out.println("going on");
    }

    private static void end(Runnable rest) {
        try {
            rest.run();
            System.out.println("done");
        } catch (PramException e) {
            System.out.println(e.getClass().getSimpleName() + " " + e.getMessage());
        }
    }
}
