package io.pramd.daemon.bench;

import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;

/** Immutable. A command that is started, and has ended when a job is done. */
record CommandRun(String name, List<String> command, long serverPid) implements Contender {
    @Override
    public Job job(Verb verb) {
        return this::run;
    }

    private Job.Outcome run() throws IOException {
        double cpu = CpuTimes.ofEndedChildren(clientPid());
        long begin = System.nanoTime();
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        int exitCode = process.onExit().join().exitValue();
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (exitCode != 0) {
            throw new IOException("a command failed: command=" + command + " exit=" + exitCode);
        }
        double used = CpuTimes.ofEndedChildren(clientPid()) - cpu;
        return new Job.Outcome(new long[0], OptionalDouble.of(seconds), OptionalDouble.of(used));
    }

    @Override
    public void close() {
        // it has ended
    }
}
