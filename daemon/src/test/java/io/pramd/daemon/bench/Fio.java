package io.pramd.daemon.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntSupplier;

/** Immutable. What fio gets from the device: pages written over others, one fdatasync a group. */
record Fio(Path program, Path file, Work work, IntSupplier group) implements Contender {
    static final String NAME = "fio";

    @Override
    public String name() {
        return NAME;
    }

    /** There is no server but the kernel. */
    @Override
    public long serverPid() {
        return clientPid();
    }

    @Override
    public Job job(Verb verb) {
        return this::run;
    }

    private Job.Outcome run() throws IOException {
        Path report = file.resolveSibling("fio.json");
        List<String> command =
                List.of(
                        program.toString(),
                        "--name=force",
                        "--filename=" + file,
                        "--size=" + work.bytes(),
                        "--rw=write",
                        "--bs=" + work.nodeBytes(),
                        "--ioengine=psync",
                        "--overwrite=1",
                        "--fdatasync=" + group.getAsInt(),
                        "--output-format=json",
                        "--output=" + report);
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException("fio failed: command=" + command);
        }
        JsonNode job = new ObjectMapper().readTree(report.toFile()).at("/jobs/0");
        double rate = job.at("/write/iops").asDouble();
        if (rate <= 0) {
            throw new IOException("fio reports no rate: job=" + job);
        }
        double seconds = work.nodes() / rate;
        double cores = (job.at("/usr_cpu").asDouble() + job.at("/sys_cpu").asDouble()) / 100;
        return Job.Outcome.of(seconds, cores * seconds);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
