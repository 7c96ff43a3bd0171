package io.pramd.daemon.torture;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pramd.daemon.fixture.DaemonProcess;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;

/**
 * One owner. A process of its own for the peers that misbehave, of the lowest priority: in earnest
 * they would not take their processor from the daemon's machine.
 */
final class PeersProcess implements AutoCloseable {
    private final Process process;
    private final BufferedWriter orders;
    private final BufferedReader answers;

    /** What some peers have done. */
    record Done(long attacks, long unended) {}

    PeersProcess(String uri) throws IOException {
        process =
                new ProcessBuilder(
                                "nice",
                                "-n",
                                "19",
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:+UseSerialGC",
                                "-Xmx256m",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "--class-path",
                                DaemonProcess.distribution().resolve("lib")
                                        + "/*:"
                                        + DaemonProcess.testClasses(),
                                PeersProcess.class.getName(),
                                uri)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        orders = process.outputWriter();
        answers = process.inputReader();
    }

    /** Has peers of a kind begin; those that hold connections have them on return. */
    void begin(Hostility kind, int connections, long seed) throws IOException {
        order(kind + " " + connections + " " + seed);
    }

    Done end() throws IOException {
        String[] words = order("end").split(" ");
        return new Done(Long.parseLong(words[0]), Long.parseLong(words[1]));
    }

    private String order(String line) throws IOException {
        orders.write(line + "\n");
        orders.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the process of the peers has ended: order=" + line);
        }
        return answer;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    public static void main(String[] args) throws IOException {
        HostilePeers peers = null;
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            List<String> words = List.of(line.split(" "));
            if (words.size() == 3) {
                peers =
                        new HostilePeers(
                                args[0],
                                Hostility.valueOf(words.get(0)),
                                Integer.parseInt(words.get(1)),
                                Long.parseLong(words.get(2)));
                peers.awaitKept();
                System.out.println("begun");
            } else {
                peers.close();
                System.out.println(peers.attacks() + " " + peers.unended());
            }
        }
    }
}
