package io.pramd.daemon.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One owner. Moves as many bytes as the work has in one stream, and keeps nothing. */
final class Iperf3 implements Contender {
    private final Path program;
    private final Path folder;
    private final Work work;
    private final int port;
    private final PeerProcess server;

    private Iperf3(Path program, Path folder, Work work, int port, PeerProcess server) {
        this.program = program;
        this.folder = folder;
        this.work = work;
        this.port = port;
        this.server = server;
    }

    static Iperf3 start(Path program, Path folder, Work work) throws IOException {
        int port = PeerProcess.freePort();
        List<String> command =
                List.of(program.toString(), "-s", "-B", "127.0.0.1", "-p", String.valueOf(port));
        PeerProcess server = PeerProcess.start(folder, command);
        server.awaitListening(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new Iperf3(program, folder, work, port, server);
    }

    @Override
    public String name() {
        return "iperf3";
    }

    @Override
    public long serverPid() {
        return server.pid();
    }

    @Override
    public Job job(Verb verb) {
        return () -> run(verb != Verb.SAVE);
    }

    /** It is the client that sends, or else the server. */
    private Job.Outcome run(boolean reverse) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString(), "-c", "127.0.0.1"));
        command.addAll(List.of("-p", String.valueOf(port), "-n", String.valueOf(work.bytes())));
        command.addAll(List.of("-l", "1M", "-J"));
        if (reverse) {
            command.add("-R");
        }
        Path report = folder.resolve("report.json");
        Process client =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(report.toFile())
                        .start();
        int exitCode = client.onExit().join().exitValue();
        if (exitCode != 0) {
            throw new IOException("iperf3 failed: printed=" + Files.readString(report).strip());
        }
        JsonNode end = new ObjectMapper().readTree(report.toFile()).path("end");
        JsonNode sent = end.path(reverse ? "sum_received" : "sum_sent");
        double rate = sent.path("bits_per_second").asDouble() / 8;
        double clientCores =
                end.path("cpu_utilization_percent").path("host_total").asDouble() / 100;
        if (rate <= 0) {
            throw new IOException("iperf3 reports no rate: report=" + end);
        }
        return Job.Outcome.of(work.bytes() / rate, clientCores * sent.path("seconds").asDouble());
    }

    @Override
    public void close() {
        server.close();
    }
}
