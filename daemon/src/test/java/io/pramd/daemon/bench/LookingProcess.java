package io.pramd.daemon.bench;

import io.pramd.daemon.fixture.DaemonProcess;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One owner. A process that takes the metrics of a daemon and all that a page shows, again and
 * again, from when it is told to until it is told not to. It stands for one on another machine: it
 * shares nothing with the callers, and gives way to them.
 */
final class LookingProcess implements AutoCloseable {
    private static final List<String> PATHS =
            List.of(
                    "metrics",
                    "api/v1/info",
                    "api/v1/history?after=",
                    "api/v1/clients",
                    "api/v1/frames",
                    "api/v1/frames/summary",
                    "api/v1/nodes?limit=100");

    /** A page asks for what is new since its last question. */
    private static final String SINCE = "=";

    private static final String REST = "rest";

    private final Process process;
    private final BufferedWriter orders;
    private final BufferedReader answers;

    private LookingProcess(Process process) {
        this.process = process;
        orders = process.outputWriter(StandardCharsets.US_ASCII);
        answers = process.inputReader(StandardCharsets.US_ASCII);
    }

    /**
     * @param admin where to look: a URI that ends with a slash
     */
    static LookingProcess start(String admin) throws IOException {
        return new LookingProcess(
                new ProcessBuilder(
                                "nice",
                                "-n",
                                "19",
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--class-path",
                                DaemonProcess.testClasses().toString(),
                                LookingProcess.class.getName(),
                                admin)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    /** Looks first when half of that time is over, and then each time it is. */
    void look(long everyMillis) throws IOException {
        order(Long.toString(everyMillis));
    }

    /** Returns once it does not look any more. */
    void rest() throws IOException {
        order(REST);
        String answer = answers.readLine();
        if (!REST.equals(answer)) {
            throw new IOException("cannot look at the daemon: answer=" + answer);
        }
    }

    private void order(String order) throws IOException {
        orders.write(order + "\n");
        orders.flush();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    /**
     * Ends with its standard input.
     *
     * @param words where to look
     */
    public static void main(String[] words) throws Exception {
        URI admin = URI.create(words[0]);
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            long everyMillis = Long.parseLong(order);
            Thread looking =
                    Thread.ofPlatform().daemon().start(() -> lookOften(admin, everyMillis));
            String end = orders.readLine();
            looking.interrupt();
            looking.join();
            System.out.println(end);
        }
    }

    private static void lookOften(URI admin, long everyMillis) {
        try (Onlooker onlooker = new Onlooker(admin)) { // an idle one would be closed
            long everyNanos = TimeUnit.MILLISECONDS.toNanos(everyMillis);
            long next = System.nanoTime() + everyNanos / 2;
            while (!Thread.currentThread().isInterrupted()) {
                TimeUnit.NANOSECONDS.sleep(Math.max(0, next - System.nanoTime()));
                next = Math.max(next + everyNanos, System.nanoTime());
                for (String path : PATHS) {
                    long since = System.currentTimeMillis() - everyMillis;
                    onlooker.look(path.endsWith(SINCE) ? path + since : path);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the order to rest
        } catch (IOException e) {
            e.printStackTrace();
            System.exit(1);
        }
    }
}
